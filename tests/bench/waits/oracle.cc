#include "tests/bench/waits/oracle.h"

#include <algorithm>
#include <optional>

namespace wriftai::bench {
namespace {

int64_t LeftIn(int64_t second, const ReadBudget& budget) {
  const auto taken = budget.taken.find(second);
  return budget.per_second - (taken == budget.taken.end() ? 0 : taken->second);
}

}  // namespace

std::vector<absl::Duration> OracleDelays(std::vector<absl::Time> ends,
                                         const ReadBudget& budget) {
  std::sort(ends.begin(), ends.end());
  std::vector<absl::Duration> delays;
  absl::Time now = absl::InfinitePast();
  std::optional<int64_t> second;
  int64_t left = 0;
  for (const absl::Time end : ends) {
    now = std::max(now, end);
    if (second != absl::ToUnixSeconds(now)) {
      second = absl::ToUnixSeconds(now);
      left = LeftIn(*second, budget);
    }
    while (left <= 0) {
      left = LeftIn(++*second, budget);
      now = absl::FromUnixSeconds(*second);
    }
    --left;
    delays.push_back(now - end);
  }
  return delays;
}

}  // namespace wriftai::bench
