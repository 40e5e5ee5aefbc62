#ifndef WRIFTAI_TESTS_BENCH_WAITS_SEQUENTIAL_WAITS_H_
#define WRIFTAI_TESTS_BENCH_WAITS_SEQUENTIAL_WAITS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace wriftai::bench {

// How the waits of callers went that do one after the other.
struct SequentialResult {
  std::vector<double> delay_seconds;  // Of the waits completed.
  size_t lost = 0;
};

// `count` run times of about `mean`. Their parts of a second are spread evenly
// over 0.1 to 0.9 in a random order: the mean delay of whoever polls once a
// second is then half a second, and no end falls so near to a poll that chance
// decides which one sees it.
std::vector<absl::Duration> PlanRunTimes(int64_t count, absl::Duration mean,
                                         int64_t seed);

// Callers of the gateway, one for each element, at the same time: CreateAndWait
// for each of its run times.
SequentialResult WaitThroughGateway(
    const std::string& address, const std::string& token,
    const std::vector<std::vector<absl::Duration>>& run_times);

// One naive client: create, then wait, for each run time. An error is that of a
// create, which is not measured.
absl::StatusOr<SequentialResult> WaitNaively(
    const std::string& api, const std::string& token,
    const std::vector<absl::Duration>& run_times);

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_SEQUENTIAL_WAITS_H_
