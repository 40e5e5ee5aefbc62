#ifndef WRIFTAI_TESTS_BENCH_WAITS_ORACLE_H_
#define WRIFTAI_TESTS_BENCH_WAITS_ORACLE_H_

#include <cstdint>
#include <map>
#include <vector>

#include "absl/time/time.h"

namespace wriftai::bench {

// The number of reads allowed within each second of the clock.
struct ReadBudget {
  int64_t per_second = 3;

  // Reads used by other clients of the same token, by second.
  std::map<int64_t, int64_t> taken;
};

// The delays of an ideal poller within `budget`. It knows each end immediately,
// uses every read for the output of one ended prediction, in the order of the
// ends, and reads take no time. Returns the delay between the end and the read
// of each prediction, in the order of the ends. No order has a smaller mean or
// maximum delay.
std::vector<absl::Duration> OracleDelays(std::vector<absl::Time> ends,
                                         const ReadBudget& budget);

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_ORACLE_H_
