#ifndef WRIFTAI_BASE_EVENT_LOOP_H_
#define WRIFTAI_BASE_EVENT_LOOP_H_

#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"

namespace wriftai {

// A pending timer. Destroying it before it fires cancels it: its task then
// never runs. Loop thread only.
class Timer {
 public:
  virtual ~Timer() = default;
};

using TimerHandle = std::unique_ptr<Timer>;

// One moment on both clocks of an EventLoop.
struct Instant {
  absl::Time now;   // EventLoop::Now()'s.
  absl::Time wall;  // EventLoop::WallNow()'s.
};

// The clocks, timers and tasks of the one thread that owns all mutable state.
// Other threads post tasks to it.
//
// Threads: Post(), PostIdle(), Now(), WallNow() and OnLoopThread() from any;
// RunAt() on the loop. Owns: the tasks until they have run. Fails: never; tasks
// that are still pending when the loop is destroyed are destroyed without
// running.
class EventLoop {
 public:
  using Task = absl::AnyInvocable<void()>;

  virtual ~EventLoop() = default;

  // A monotonic clock. Its epoch is arbitrary, so only differences have a
  // meaning. All deadlines in upstream/ are on this clock.
  virtual absl::Time Now() const = 0;

  // The machine's wall clock, which may step. Use it for times exchanged with
  // other processes: observed_at, rate-limit resets.
  virtual absl::Time WallNow() const = 0;

  // Both clocks, for an event that several observers are notified about.
  Instant ThisInstant() const { return {Now(), WallNow()}; }

  // Runs `task` on the loop thread, after all tasks posted before it.
  virtual void Post(Task task) = 0;

  // Post() without waking the loop if it sleeps: `task` runs with its next
  // work, at most a second later. For cleaning up, which nothing waits for.
  virtual void PostIdle(Task task) = 0;

  // Runs `task` on the loop thread once Now() has reached `when`, unless the
  // handle is destroyed first. Tasks with the same time run in the order in
  // which they were added. Never runs `task` before it returns.
  [[nodiscard]] virtual TimerHandle RunAt(absl::Time when, Task task) = 0;

  virtual bool OnLoopThread() const = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_EVENT_LOOP_H_
