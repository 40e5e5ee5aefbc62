#ifndef WRIFTAI_TESTS_BENCH_POLLING_POLLING_CASE_H_
#define WRIFTAI_TESTS_BENCH_POLLING_POLLING_CASE_H_

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "upstream/watch/poll_planner.h"

namespace wriftai::bench {

// A crowd of predictions on one token, each with one waiter.
struct PollingCase {
  std::string text;
  int watched = 1;
  // Predictions of others between two of them in the list.
  int others_between = 0;
  // From the first creation to the last; they are spread evenly.
  absl::Duration begin_within;
  // Lives are spread evenly over these.
  absl::Duration shortest_life = absl::Seconds(60);
  absl::Duration longest_life = absl::Seconds(60);
  // Whether the waits begin with the answer to the create.
  bool known = true;
};

struct PollingResult {
  double reads = 0;         // Per prediction.
  double mean_delay = 0;    // Seconds from the end to its telling.
  double oracle_delay = 0;  // The best that the budget allows.
  int unfinished = 0;       // Waits that had not ended after all patience.
};

// Runs it on virtual time against an upstream that keeps 3 reads a second: the
// same in every run.
PollingResult RunPolling(const PollingCase& polling, PagePolicy policy);

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_POLLING_POLLING_CASE_H_
