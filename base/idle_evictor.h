#ifndef WRIFTAI_BASE_IDLE_EVICTOR_H_
#define WRIFTAI_BASE_IDLE_EVICTOR_H_

#include <cstddef>
#include <functional>
#include <utility>

#include "absl/time/time.h"
#include "base/event_loop.h"

namespace wriftai {

// Schedules the eviction of idle per-token state. Evicts entries that have been
// idle for `idle_timeout`, or, above kHighWatermark entries, for
// `pressure_idle_timeout`. Callers that invent a token for each call therefore
// cannot fill the memory.
//
// Threads: loop. Owns: the timer. EventLoop must outlive it. Fails: never.
class IdleEvictor {
 public:
  // 28 MB of budgets, which are the largest entries.
  static constexpr size_t kHighWatermark = 10'000;

  // Evicts entries that have been idle since `before`. Returns how many are
  // left.
  using Evict = std::function<size_t(absl::Time before)>;

  IdleEvictor(absl::Duration idle_timeout, absl::Duration pressure_idle_timeout,
              EventLoop& event_loop, Evict evict)
      : idle_timeout_(idle_timeout),
        pressure_idle_timeout_(pressure_idle_timeout),
        event_loop_(event_loop),
        evict_(std::move(evict)) {}

  // Reports the current number of entries. `evict` runs on the loop later.
  void OnCount(size_t count);

 private:
  void RunIn(absl::Duration delay);
  void Run();

  const absl::Duration idle_timeout_;
  const absl::Duration pressure_idle_timeout_;
  EventLoop& event_loop_;
  const Evict evict_;
  size_t count_ = 0;
  size_t evict_now_above_ = kHighWatermark;
  TimerHandle timer_;
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_IDLE_EVICTOR_H_
