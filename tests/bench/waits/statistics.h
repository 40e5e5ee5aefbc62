#ifndef WRIFTAI_TESTS_BENCH_WAITS_STATISTICS_H_
#define WRIFTAI_TESTS_BENCH_WAITS_STATISTICS_H_

#include <optional>
#include <vector>

namespace wriftai::bench {

// The nearest-rank percentile: the smallest value that at least `percent` of
// all do not exceed. None of no values. `percent` lies in (0, 100].
std::optional<double> Percentile(std::vector<double> values, double percent);

// The one in the middle, or the mean of the two that are. None of no values.
std::optional<double> Median(std::vector<double> values);

// The same of values of which many are equal: the median of the
// mid-distribution (Parzen 2004; Ma, Genton, Parzen 2011), in which equal
// values share the middle of their ranks, and what lies between two of them is
// interpolated. It is Median() where no two are equal. Where they come in
// groups, Median() is a step that one value more or less moves by a whole
// group; this one moves by its part. None of no values.
std::optional<double> MedianOfGroups(std::vector<double> values);

// None of no values.
std::optional<double> Mean(const std::vector<double>& values);

// None where one is missing or `divisor` is zero.
std::optional<double> Ratio(std::optional<double> dividend,
                            std::optional<double> divisor);

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_STATISTICS_H_
