#ifndef WRIFTAI_BASE_IDLE_EVICTOR_H_
#define WRIFTAI_BASE_IDLE_EVICTOR_H_

#include <cstddef>
#include <functional>
#include <utility>

#include "absl/time/time.h"
#include "base/event_loop.h"

namespace wriftai {

// When what is kept for each token is to be forgotten: what has been idle for
// `forget_after`; and where there are more than kHighWatermark, what has been
// so for `forget_many_after`, so that callers who make up a token for each call
// do not fill the memory.
//
// Threads: loop. Owns: the timer. EventLoop must outlive it. Fails: never.
class IdleEvictor {
 public:
  // 28 MB of budgets, the largest that is kept for each.
  static constexpr size_t kHighWatermark = 10'000;

  // Forgets what has been idle since `before`, and says how many are left.
  using Forget = std::function<size_t(absl::Time before)>;

  IdleEvictor(absl::Duration forget_after, absl::Duration forget_many_after,
              EventLoop& event_loop, Forget forget)
      : forget_after_(forget_after),
        forget_many_after_(forget_many_after),
        event_loop_(event_loop),
        forget_(std::move(forget)) {}

  // There are so many now. `forget` runs on the loop later.
  void OnCount(size_t count);

 private:
  void RunIn(absl::Duration delay);
  void Run();

  const absl::Duration forget_after_;
  const absl::Duration forget_many_after_;
  EventLoop& event_loop_;
  const Forget forget_;
  size_t count_ = 0;
  size_t at_once_above_ = kHighWatermark;
  TimerHandle timer_;
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_IDLE_EVICTOR_H_
