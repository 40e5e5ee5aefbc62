#ifndef WRIFTAI_TESTS_BENCH_WAITS_STALENESS_H_
#define WRIFTAI_TESTS_BENCH_WAITS_STALENESS_H_

#include <optional>
#include <vector>

#include "absl/time/time.h"

namespace wriftai::bench {

// What is known about one prediction when a sample is taken.
struct KnownState {
  // When the newest state was observed that all of its waiters have.
  absl::Time observed_at;

  // Whether each waiter was told more than what the create had answered.
  bool refreshed = false;

  // When it ends upstream.
  absl::Time ends_at;
};

// How evenly one moment's reads are spread: the greatest age of a state, over
// all predictions, divided by the median age. An age is `now` minus
// observed_at.
struct Spread {
  // By MedianOfGroups(): the states that one page has shown are equally old.
  double of_groups = 0;

  // By Median(), which the one state that a Get has made younger than its page
  // moves by the time from one page to the next.
  double plain = 0;
};

// That of one moment; none outside the steady state, which begins when all
// predictions have been refreshed and ends when the first one ends: before,
// what is old is old because nothing was asked yet; after, the budget has
// something else to do.
std::optional<Spread> OldestToMedian(const std::vector<KnownState>& states,
                                     absl::Time now);

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_STALENESS_H_
