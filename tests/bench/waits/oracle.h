#ifndef WRIFTAI_TESTS_BENCH_WAITS_ORACLE_H_
#define WRIFTAI_TESTS_BENCH_WAITS_ORACLE_H_

#include <cstdint>
#include <map>
#include <vector>

#include "absl/time/time.h"

namespace wriftai::bench {

// What may be read within each second of the clock.
struct ReadBudget {
  int64_t per_second = 3;

  // What others on the same token took of it, by second.
  std::map<int64_t, int64_t> taken;
};

// The best that any poller can do within `budget`: it knows each end the
// moment it happens, spends every read on the output of one ended prediction,
// first ended first read, and each read takes no time. Returns how long after
// its end each prediction is read, in the order of the ends. No order has a
// smaller mean, and no order has a smaller longest delay.
std::vector<absl::Duration> OracleDelays(std::vector<absl::Time> ends,
                                         const ReadBudget& budget);

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_ORACLE_H_
