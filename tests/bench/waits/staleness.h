#ifndef WRIFTAI_TESTS_BENCH_WAITS_STALENESS_H_
#define WRIFTAI_TESTS_BENCH_WAITS_STALENESS_H_

#include <optional>
#include <vector>

#include "absl/time/time.h"

namespace wriftai::bench {

// The state of one prediction's waiters at the time of a sample.
struct KnownState {
  // The observation time of the newest state that all waiters have.
  absl::Time observed_at;

  // Whether each waiter has received an update after the create's response.
  bool refreshed = false;

  // The end upstream.
  absl::Time ends_at;
};

// How evenly reads are spread: the maximum age of all predictions' states
// divided by the median age. An age is `now` minus observed_at.
struct Spread {
  // With MedianOfGroups(), since the states from one page have the same age.
  double of_groups = 0;

  // With Median(), which a single Get can shift by the time between two pages.
  double plain = 0;
};

// The spread at `now`; nullopt outside of the steady state. The steady state
// starts when all predictions have been refreshed. It ends with the first end,
// since the budget then has other work.
std::optional<Spread> OldestToMedian(const std::vector<KnownState>& states,
                                     absl::Time now);

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_STALENESS_H_
