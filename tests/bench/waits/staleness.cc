#include "tests/bench/waits/staleness.h"

#include "tests/bench/waits/statistics.h"

namespace wriftai::bench {

std::optional<double> OldestToMedian(const std::vector<KnownState>& states,
                                     absl::Time now) {
  std::vector<double> ages;
  for (const KnownState& state : states) {
    if (!state.refreshed || state.ends_at <= now) return std::nullopt;
    ages.push_back(absl::ToDoubleSeconds(now - state.observed_at));
  }
  return Ratio(Percentile(ages, 100), Median(ages));
}

}  // namespace wriftai::bench
