#include "upstream/budget/other_consumers.h"

#include <algorithm>

namespace wriftai {
namespace {

// The number of preceding windows that must be alike.
constexpr size_t kContext = 2;

// The number of times that a use must follow the same windows to be expected.
constexpr int kMinSamples = 2;

// A use that was seen once among this many is ignored: a consumer came, and is
// still there or has left.
constexpr int kMinSamplesToIgnoreOne = 4;

// Windows between two looks. Even, so that looks see both kinds of windows of a
// consumer that alternates.
constexpr int kLookInterval = 8;

}  // namespace

void OtherConsumers::OnWindow(std::optional<int64_t> seen, bool complete,
                              size_t max_windows) {
  // One unknown window breaks a pattern as well as several do.
  if (!seen.has_value() && (seen_.empty() || !seen_.back().has_value())) return;
  const bool broken = seen.has_value() && !IsPlausible(*seen);
  if (broken && pattern_known_) {
    windows_to_look_ = 0;
  } else if (complete) {
    windows_to_look_ = kLookInterval;
  } else if (windows_to_look_ > 0) {
    --windows_to_look_;
  }
  // The rest may have come unseen.
  if (broken && !complete && *seen < expected_) seen.reset();
  seen_.push_back(seen);
  while (seen_.size() > max_windows) seen_.pop_front();
  max_ = 0;
  for (const std::optional<int64_t>& use : seen_) {
    max_ = std::max(max_, use.value_or(0));
  }
  Expect();
}

bool OtherConsumers::IsPlausible(int64_t use) const {
  const auto sample = samples_.find(use);
  return use == expected_ ||
         (sample != samples_.end() && sample->second >= kMinSamples);
}

void OtherConsumers::Expect() {
  samples_.clear();
  int count = 0;
  for (size_t next = kContext; next < seen_.size(); ++next) {
    bool alike = seen_[next].has_value();
    for (size_t back = 1; back <= kContext && alike; ++back) {
      alike = seen_[next - back].has_value() &&
              seen_[next - back] == seen_[seen_.size() - back];
    }
    if (!alike) continue;
    ++count;
    ++samples_[*seen_[next]];
  }
  expected_ = max_;
  pattern_known_ = max_ == 0;
  if (count < kMinSamples) return;
  auto likely = samples_.rbegin();
  if (likely->second == 1 && count >= kMinSamplesToIgnoreOne &&
      samples_.size() > 1) {
    ++likely;
  }
  expected_ = likely->first;
  pattern_known_ = likely->second >= kMinSamples;
}

}  // namespace wriftai
