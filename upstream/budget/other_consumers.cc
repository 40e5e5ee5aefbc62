#include "upstream/budget/other_consumers.h"

#include <algorithm>

namespace wriftai {
namespace {

// The numbers of preceding windows that are compared. The larger, the longer
// the period that a match reveals: one request every five seconds needs 5. With
// 2, the two kinds of windows of a consumer that alternates differ.
constexpr size_t kMaxContext = 6;
constexpr size_t kMinContext = 2;

// The number of times that a use must follow the same windows to be expected.
constexpr int kMinSamples = 2;

// Another use that was seen once among this many is ignored: a consumer came,
// and is still there or has left.
constexpr int kMinSamplesToIgnoreOne = 4;

// For so many windows after the maximum has risen, it may rise again: twice the
// windows of a consumer that alternates.
constexpr int kRisingWindows = 4;

// Consecutive windows that may lack a response at the end, because it was slow,
// without an end of the pattern.
constexpr int kMaxAssumed = 3;

// The part of a window that a late response covers at least.
constexpr double kLate = 0.8;

// How many windows a new pattern is searched, and how often: consumers that
// have none use about that part less of what is left.
constexpr int kSearchWindows = 8;
constexpr int kSearchInterval = 32;

// The likelihood at which irregular consumers may fill a window, and at which
// another request of theirs is awaited. A poll in a full window is refused. A
// request that comes unawaited is: less often than that, since something may be
// left.
constexpr double kMinToFill = 0.01;
constexpr double kMinToAwait = 0.125;

}  // namespace

void OtherConsumers::OnWindow(Window window, size_t max_windows) {
  // One unknown window breaks a pattern as well as several do.
  if (!window.use.has_value() && (uses_.empty() || !uses_.back().has_value())) {
    return;
  }
  if (window.use.has_value()) rate_.OnWindow(*window.use, window.until);
  Complete(window);
  uses_.push_back(window.use);
  while (uses_.size() > max_windows) uses_.pop_front();
  const int64_t before = max_;
  max_ = 0;
  for (const std::optional<int64_t>& use : uses_) {
    max_ = std::max(max_, use.value_or(0));
  }
  since_rise_ = max_ > before ? 0 : since_rise_ + 1;
  pattern_ = FindPattern();
  since_pattern_ = pattern_.has_value() ? 0 : since_pattern_ + 1;
}

// The rest of the expected use may have come after the last response. Without a
// pattern, what came after a late one hardly matters.
void OtherConsumers::Complete(Window& window) {
  since_complete_ = window.complete ? 0 : since_complete_ + 1;
  const bool is_short = window.use.has_value() && !window.complete &&
                        *window.use < pattern_.value_or(max_) &&
                        (pattern_.has_value() || window.until < kLate);
  assumed_ = is_short ? assumed_ + 1 : 0;
  if (!is_short) return;
  since_complete_ = kLookInterval;
  window.use = assumed_ <= kMaxAssumed ? pattern_ : std::nullopt;
}

bool OtherConsumers::IsRising() const {
  return max_ > 0 && since_rise_ < kRisingWindows;
}

int64_t OtherConsumers::expected() const {
  if (IsRising()) return max_ + 1;
  if (pattern_.has_value()) return *pattern_;
  return since_pattern_ % kSearchInterval < kSearchWindows ? max_ : 0;
}

bool OtherConsumers::MayFill(int64_t limit) const {
  if (pattern_.has_value()) return *pattern_ >= limit;
  return max_ >= limit && rate_.LikelihoodOf(limit, 1) > kMinToFill;
}

int64_t OtherConsumers::Awaited(int64_t seen, double rest) const {
  if (IsRising() || pattern_.has_value()) {
    return std::max<int64_t>(0, expected() - seen);
  }
  int64_t awaited = 0;
  while (awaited < max_ &&
         rate_.LikelihoodOf(awaited + 1, rest) > kMinToAwait) {
    ++awaited;
  }
  return awaited;
}

std::optional<int64_t> OtherConsumers::FindPattern() const {
  if (max_ == 0) return 0;
  for (size_t context = kMaxContext; context >= kMinContext; --context) {
    const std::map<int64_t, int> samples = UseAfter(context);
    int count = 0;
    for (const auto& sample : samples) count += sample.second;
    if (count < kMinSamples) continue;
    const int ignored = count < kMinSamplesToIgnoreOne ? 0 : 1;
    for (const auto& [use, times] : samples) {
      if (times >= kMinSamples && times >= count - ignored) return use;
    }
    return std::nullopt;
  }
  return std::nullopt;
}

// How often each use followed windows like the last `context`.
std::map<int64_t, int> OtherConsumers::UseAfter(size_t context) const {
  std::map<int64_t, int> samples;
  for (size_t next = context; next < uses_.size(); ++next) {
    bool alike = uses_[next].has_value();
    for (size_t back = 1; back <= context && alike; ++back) {
      const std::optional<int64_t>& past = uses_[next - back];
      alike = past.has_value() && past == uses_[uses_.size() - back];
    }
    if (alike) ++samples[*uses_[next]];
  }
  return samples;
}

}  // namespace wriftai
