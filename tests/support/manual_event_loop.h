#ifndef WRIFTAI_TESTS_SUPPORT_MANUAL_EVENT_LOOP_H_
#define WRIFTAI_TESTS_SUPPORT_MANUAL_EVENT_LOOP_H_

#include <deque>
#include <optional>
#include <thread>

#include "absl/time/time.h"
#include "base/event_loop.h"
#include "base/mutex.h"
#include "base/timer_queue.h"

namespace wriftai {

// An EventLoop with manual time, for tests. The test's thread is the loop
// thread: tasks run only inside RunPosted() and Advance(), in a deterministic
// order.
//
// The two clocks start at round times a year apart, so that confusing them is
// obvious.
//
// Threads: as EventLoop; functions added here: the thread that constructed it.
// Owns: the tasks. Fails: a test whose tasks never end fails instead of
// hanging.
class ManualEventLoop : public EventLoop {
 public:
  ManualEventLoop();
  ~ManualEventLoop() override;

  absl::Time Now() const override;
  absl::Time WallNow() const override;
  void Post(Task task) override;
  void PostIdle(Task task) override { Post(std::move(task)); }
  [[nodiscard]] TimerHandle RunAt(absl::Time when, Task task) override;
  bool OnLoopThread() const override;

  // Runs posted tasks and due timers until none are left, without advancing
  // time.
  void RunPosted();

  // RunPosted(), then advances both clocks by `duration`. Each timer on the way
  // runs at exactly its time.
  void Advance(absl::Duration duration);

  // Advances to the next timer and runs it, and tasks posted before and after.
  // Returns false, without advancing time, if there is no timer.
  bool AdvanceToNextTimer();

  // When the next timer is due; nullopt if none exists.
  std::optional<absl::Time> NextTimer() const { return timers_.NextTime(); }

  // Steps only the wall clock, forward or back, as an operator would.
  void StepWallClock(absl::Duration by);

 private:
  Task PopPosted();
  void MoveTo(absl::Time time);

  const std::thread::id thread_;

  mutable Mutex mutex_;
  absl::Time now_ ABSL_GUARDED_BY(mutex_);
  absl::Time wall_now_ ABSL_GUARDED_BY(mutex_);
  std::deque<Task> posted_ ABSL_GUARDED_BY(mutex_);
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;

  // Last, so that it is destroyed first: destructors of its tasks may post.
  TimerQueue timers_;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SUPPORT_MANUAL_EVENT_LOOP_H_
