#ifndef WRIFTAI_UPSTREAM_CORE_HISTOGRAM_H_
#define WRIFTAI_UPSTREAM_CORE_HISTOGRAM_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace wriftai {

// Durations counted by size, for metrics. Negative ones count as zero.
//
// Threads: one. A value.
class DurationHistogram {
 public:
  // Upper ends in seconds, each included: from the milliseconds in which a
  // webhook tells to the minutes that a polled crowd may wait.
  static constexpr std::array<double, 16> kBounds = {
      0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
      1,     2.5,   5,    10,    30,   60,  120,  300};

  void Add(absl::Duration duration) {
    const double seconds = std::max(0.0, absl::ToDoubleSeconds(duration));
    const auto bound =
        std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
    ++counts_[static_cast<size_t>(bound - kBounds.begin())];
    sum_ += seconds;
  }

  // How many lie in each bucket; the last is that above all bounds.
  const std::array<int64_t, kBounds.size() + 1>& counts() const {
    return counts_;
  }
  double sum() const { return sum_; }  // Seconds.

 private:
  std::array<int64_t, kBounds.size() + 1> counts_{};
  double sum_ = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_CORE_HISTOGRAM_H_
