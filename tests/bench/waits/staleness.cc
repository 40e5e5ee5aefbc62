#include "tests/bench/waits/staleness.h"

#include <utility>

#include "tests/bench/waits/statistics.h"

namespace wriftai::bench {

std::optional<Spread> OldestToMedian(const std::vector<KnownState>& states,
                                     absl::Time now) {
  std::vector<double> ages;
  for (const KnownState& state : states) {
    if (!state.refreshed || state.ends_at <= now) return std::nullopt;
    ages.push_back(absl::ToDoubleSeconds(now - state.observed_at));
  }
  const auto oldest = Percentile(ages, 100);
  const auto of_groups = Ratio(oldest, MedianOfGroups(ages));
  const auto plain = Ratio(oldest, Median(std::move(ages)));
  if (!of_groups.has_value() || !plain.has_value()) return std::nullopt;
  return Spread{*of_groups, *plain};
}

}  // namespace wriftai::bench
