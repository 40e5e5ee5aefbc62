#ifndef WRIFTAI_TESTS_BENCH_POLLING_POLLING_CASE_H_
#define WRIFTAI_TESTS_BENCH_POLLING_POLLING_CASE_H_

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "upstream/watch/poll_planner.h"

namespace wriftai::bench {

// A workload: predictions of one token, each with one waiter.
struct PollingCase {
  std::string text;
  int watched = 1;
  // Unwatched predictions between two watched ones in the list.
  int others_between = 0;
  // From the first to the last creation, which are evenly spaced.
  absl::Duration begin_within;
  // Durations are spread evenly over this range.
  absl::Duration shortest_life = absl::Seconds(60);
  absl::Duration longest_life = absl::Seconds(60);
  // Whether the waits start with the create's response.
  bool known = true;
};

struct PollingResult {
  double reads = 0;         // Per prediction.
  double mean_delay = 0;    // Seconds from the end to its notification.
  double oracle_delay = 0;  // The minimum that the budget allows.
  int unfinished = 0;       // Waits that had not ended at the timeout.
};

// Simulates the workload in virtual time against an upstream that allows 3
// reads per second. Deterministic.
PollingResult RunPolling(const PollingCase& polling, PagePolicy policy);

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_POLLING_POLLING_CASE_H_
