#include "tests/bench/waits/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace wriftai::bench {

std::optional<double> Percentile(std::vector<double> values, double percent) {
  if (values.empty()) return std::nullopt;
  const double share = percent / 100 * static_cast<double>(values.size());
  // Tolerates rounding errors.
  const auto rank = static_cast<size_t>(std::ceil(share - 1e-9));
  const size_t index = std::clamp<size_t>(rank, 1, values.size()) - 1;
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(index);
  std::nth_element(values.begin(), nth, values.end());
  return *nth;
}

std::optional<double> Median(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  const size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half]
                                : (values[half - 1] + values[half]) / 2;
}

std::optional<double> MedianOfGroups(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  const double half = static_cast<double>(values.size()) / 2;
  double value = values.front();
  double rank = 0;  // The middle rank of the values equal to `value`.
  // Terminates: the middle of the last group is at least half.
  for (auto group = values.begin();;) {
    const auto end = std::upper_bound(group, values.end(), *group);
    const double middle =
        static_cast<double>((group - values.begin()) + (end - values.begin())) /
        2;
    if (middle >= half) {
      return value + (*group - value) * (half - rank) / (middle - rank);
    }
    value = *group;
    rank = middle;
    group = end;
  }
}

std::optional<double> Mean(const std::vector<double>& values) {
  if (values.empty()) return std::nullopt;
  return std::accumulate(values.begin(), values.end(), 0.0) /
         static_cast<double>(values.size());
}

std::optional<double> Ratio(std::optional<double> dividend,
                            std::optional<double> divisor) {
  if (!dividend.has_value() || !divisor.has_value() || *divisor == 0) {
    return std::nullopt;
  }
  return *dividend / *divisor;
}

}  // namespace wriftai::bench
