#ifndef WRIFTAI_TESTS_BENCH_WAITS_SEQUENTIAL_WAITS_H_
#define WRIFTAI_TESTS_BENCH_WAITS_SEQUENTIAL_WAITS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace wriftai::bench {

// The result of sequential waits.
struct SequentialResult {
  std::vector<double> delay_seconds;  // Of completed waits.
  size_t lost = 0;
};

// `count` run times of about `mean`. Their fractions of a second are spread
// evenly over 0.1 to 0.9, in random order. The mean delay of a client that
// polls once a second is then half a second, and no end is so close to a poll
// that the result is random.
std::vector<absl::Duration> PlanRunTimes(int64_t count, absl::Duration mean,
                                         int64_t seed);

// Runs one concurrent caller of the gateway per element, which calls
// CreateAndWait for each of its run times in turn.
SequentialResult WaitThroughGateway(
    const std::string& address, const std::string& token,
    const std::vector<std::vector<absl::Duration>>& run_times);

// Runs one naive client, which creates and then waits for each run time. Fails
// if a create fails; creates are not measured.
absl::StatusOr<SequentialResult> WaitNaively(
    const std::string& api, const std::string& token,
    const std::vector<absl::Duration>& run_times);

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_SEQUENTIAL_WAITS_H_
