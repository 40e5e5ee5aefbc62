#ifndef WRIFTAI_UPSTREAM_BUDGET_OTHER_CONSUMERS_H_
#define WRIFTAI_UPSTREAM_BUDGET_OTHER_CONSUMERS_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>

namespace wriftai {

// What other consumers of the token have used of the last windows, as far as
// responses have shown, and what they will likely use of the current one.
//
// Most consumers poll: an official client once a second, others at some other
// pace. So their use per window repeats: 1, 1, 1 or 1, 2, 1, 2. The current
// window is expected to be like those that came after two windows like the last
// two.
//
// What they use after our last response in a window remains unseen. So in some
// windows that response should come as late as possible (look()): always while
// the pattern is unknown or was broken, and rarely while it holds.
//
// Threads: loop. A value. Fails: never.
class OtherConsumers {
 public:
  // A window is over, in which they used `seen`; nullopt: no response has shown
  // it. `complete`: the last response came as late as possible. Keeps the last
  // `max_windows`.
  void OnWindow(std::optional<int64_t> seen, bool complete, size_t max_windows);

  // Maximum use of a window.
  int64_t max() const { return max_; }

  // Likely use of the current window. The maximum while the pattern is unknown.
  int64_t expected() const { return expected_; }

  // Whether to observe the end of the current window.
  bool look() const {
    return max_ > 0 && (!pattern_known_ || windows_to_look_ == 0);
  }

  void Clear() { *this = OtherConsumers(); }

 private:
  bool IsPlausible(int64_t use) const;
  void Expect();

  std::deque<std::optional<int64_t>> seen_;  // Oldest first.
  int64_t max_ = 0;
  // Use of windows like the current one, and how often.
  std::map<int64_t, int> samples_;
  bool pattern_known_ = true;
  int64_t expected_ = 0;
  int windows_to_look_ = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_BUDGET_OTHER_CONSUMERS_H_
