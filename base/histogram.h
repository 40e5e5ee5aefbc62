#ifndef WRIFTAI_BASE_HISTOGRAM_H_
#define WRIFTAI_BASE_HISTOGRAM_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace wriftai {

// A histogram for metrics. `kUpperEnds`: the inclusive upper bounds of the
// buckets, ascending. Negative values count as zero.
//
// Threads: one. A value type.
template <const auto& kUpperEnds>
class Histogram {
 public:
  static constexpr const auto& kBounds = kUpperEnds;

  void Add(double value) {
    value = std::max(0.0, value);
    const auto bound = std::lower_bound(kBounds.begin(), kBounds.end(), value);
    ++counts_[static_cast<size_t>(bound - kBounds.begin())];
    sum_ += value;
  }
  void Add(absl::Duration duration) { Add(absl::ToDoubleSeconds(duration)); }

  // Adds what `other` has.
  void Merge(const Histogram& other) {
    for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    sum_ += other.sum_;
  }

  // The count of each bucket. The last bucket is above all bounds.
  const auto& counts() const { return counts_; }
  double sum() const { return sum_; }

 private:
  std::array<int64_t, kUpperEnds.size() + 1> counts_{};
  double sum_ = 0;
};

// In seconds: from the milliseconds of a webhook notification to the minutes
// between polls of many predictions.
inline constexpr std::array<double, 16> kNotificationBounds = {
    0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
    1,     2.5,   5,    10,    30,   60,  120,  300};

using DurationHistogram = Histogram<kNotificationBounds>;

}  // namespace wriftai

#endif  // WRIFTAI_BASE_HISTOGRAM_H_
