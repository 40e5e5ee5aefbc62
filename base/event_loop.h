#ifndef WRIFTAI_BASE_EVENT_LOOP_H_
#define WRIFTAI_BASE_EVENT_LOOP_H_

#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"

namespace wriftai {

// A pending timer. Destroying it before it has fired takes it back: its task
// then never runs. Loop thread only.
class Timer {
 public:
  virtual ~Timer() = default;
};

using TimerHandle = std::unique_ptr<Timer>;

// One moment by the two clocks of a event_loop.
struct Instant {
  absl::Time now;   // EventLoop::Now()'s.
  absl::Time wall;  // EventLoop::WallNow()'s.
};

// Time, and the one thread that owns the state: everything that has state
// lives on the loop thread, everyone else posts to it.
//
// Threads: Post(), Now(), WallNow() and OnLoopThread() from any; RunAt() on
// the loop. Owns: the tasks until they have run. Fails: never; tasks that are
// still waiting when the event_loop ends are destroyed without being run.
class EventLoop {
 public:
  using Task = absl::AnyInvocable<void()>;

  virtual ~EventLoop() = default;

  // A clock that only goes forward, one second a second, whatever is done to
  // the machine's clock. It started at some wall-clock time; only differences
  // have a meaning. All deadlines in upstream/ are on this clock.
  virtual absl::Time Now() const = 0;

  // The machine's wall clock, which may step. For what leaves the process or
  // comes from another one: observed_at, rate-limit resets.
  virtual absl::Time WallNow() const = 0;

  // Both: for what happens once and is told of many times.
  Instant ThisInstant() const { return {Now(), WallNow()}; }

  // Runs `task` on the loop thread, after all that were posted before.
  virtual void Post(Task task) = 0;

  // Runs `task` on the loop thread once Now() has reached `when`, unless the
  // handle is destroyed before. Tasks of the same time run in the order in
  // which they were given. Never runs `task` before it returns.
  [[nodiscard]] virtual TimerHandle RunAt(absl::Time when, Task task) = 0;

  virtual bool OnLoopThread() const = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_EVENT_LOOP_H_
