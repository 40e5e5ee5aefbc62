#ifndef WRIFTAI_TESTS_BENCH_WAITS_STATISTICS_H_
#define WRIFTAI_TESTS_BENCH_WAITS_STATISTICS_H_

#include <optional>
#include <vector>

namespace wriftai::bench {

// All functions return nullopt if `values` is empty.

// The nearest-rank percentile: the smallest value that at least `percent` of
// all values do not exceed. `percent` is in (0, 100].
std::optional<double> Percentile(std::vector<double> values, double percent);

// The middle value, or the mean of the two middle values.
std::optional<double> Median(std::vector<double> values);

// The median for values with many ties: the median of the mid-distribution
// (Parzen 2004; Ma, Genton, Parzen 2011). Tied values share the middle of their
// ranks, and values in between are interpolated. Equals Median() without ties.
// With ties, one more value can move Median() by a whole group, but this median
// only proportionally.
std::optional<double> MedianOfGroups(std::vector<double> values);

std::optional<double> Mean(const std::vector<double>& values);

// nullopt if one is missing or `divisor` is zero.
std::optional<double> Ratio(std::optional<double> dividend,
                            std::optional<double> divisor);

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_STATISTICS_H_
