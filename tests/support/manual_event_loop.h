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

// A EventLoop whose time stands still until the test moves it, and whose loop
// thread is the test's: tasks run inside RunPosted() and Advance(), in an
// order that is the same in every run, and nowhere else.
//
// Both clocks start at round times that are a year apart, so that whoever
// takes one for the other is seen at once.
//
// Threads: as EventLoop says; all that is added here: the thread that built
// it. Owns: the tasks. Fails: a test whose tasks never come to an end fails
// instead of hanging.
class ManualEventLoop : public EventLoop {
 public:
  ManualEventLoop();
  ~ManualEventLoop() override;

  absl::Time Now() const override;
  absl::Time WallNow() const override;
  void Post(Task task) override;
  [[nodiscard]] TimerHandle RunAt(absl::Time when, Task task) override;
  bool OnLoopThread() const override;

  // Runs what is posted, and what that posts, until nothing is left, and the
  // timers that are due. Time stands still.
  void RunPosted();

  // RunPosted(), then moves both clocks by `duration`, stopping at each timer
  // on the way: its task sees the time it was set for.
  void Advance(absl::Duration duration);

  // Moves to the next timer and runs it, with what is posted before and after;
  // false when there is none, and then time has not moved.
  bool AdvanceToNextTimer();

  // When the next timer is due; nothing while there is none.
  std::optional<absl::Time> NextTimer() const { return timers_.NextTime(); }

  // Sets the wall clock alone, forward or back, as an operator would.
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

  // Last, so that it goes first: its tasks may own what posts as it dies.
  TimerQueue timers_;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SUPPORT_MANUAL_EVENT_LOOP_H_
