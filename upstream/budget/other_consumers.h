#ifndef WRIFTAI_UPSTREAM_BUDGET_OTHER_CONSUMERS_H_
#define WRIFTAI_UPSTREAM_BUDGET_OTHER_CONSUMERS_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>

#include "upstream/budget/arrival_rate.h"

namespace wriftai {

// What other consumers of the token have used of the last windows, as far as
// responses have shown, and what they will likely use of the current one.
//
// Most consumers poll: an official client once a second, others at some other
// pace. So their use per window repeats: 1, 1, 1 or 1, 2, 1, 2. While it does,
// the current window is expected to be like those that came after windows like
// the last ones.
//
// Otherwise, only the rate of their requests is known: while they are
// irregular, and for a few windows after a pattern has ended.
//
// Threads: loop. A value. Fails: never.
class OtherConsumers {
 public:
  // What responses have shown of a window.
  struct Window {
    std::optional<int64_t> use;  // nullopt: there was no response.
    double until = 1;            // The part of the window that they cover.
    // They cover all of it, so `use` is all that others used.
    bool complete = false;
  };

  // A window is over. Keeps the last `max_windows`.
  void OnWindow(Window window, size_t max_windows);

  // Maximum use of a window.
  int64_t max() const { return max_; }

  // Likely use of the current window. The maximum, or more, while a pattern is
  // searched; 0 without one.
  int64_t expected() const;

  // Whether to observe the end of the current window: rarely while the pattern
  // holds, and at once if it may have ended.
  bool look() const { return max_ > 0 && since_complete_ >= kLookInterval; }

  // Whether they may use all `limit` requests of the current window.
  bool MayFill(int64_t limit) const;

  // How many more to expect in the rest of the current window, which is `rest`
  // of its length, and in which they have used `seen` so far.
  int64_t Awaited(int64_t seen, double rest) const;

  void Clear() { *this = OtherConsumers(); }

 private:
  // Windows between two looks. Even, so that looks see both kinds of windows of
  // a consumer that alternates.
  static constexpr int kLookInterval = 8;

  bool IsRising() const;
  void Complete(Window& window);
  std::optional<int64_t> FindPattern() const;
  std::map<int64_t, int> UseAfter(size_t context) const;

  std::deque<std::optional<int64_t>> uses_;  // Oldest first.
  int64_t max_ = 0;
  int since_rise_ = 0;  // Windows since max_ has risen.
  // The use that the pattern, if there is one, has for the current window.
  std::optional<int64_t> pattern_ = 0;
  int since_pattern_ = 0;   // Windows since there was one.
  int assumed_ = 0;         // Windows in a row that were assumed to keep it.
  int since_complete_ = 0;  // Windows since the last complete one.
  ArrivalRate rate_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_BUDGET_OTHER_CONSUMERS_H_
