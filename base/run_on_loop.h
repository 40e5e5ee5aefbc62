#ifndef WRIFTAI_BASE_RUN_ON_LOOP_H_
#define WRIFTAI_BASE_RUN_ON_LOOP_H_

#include <memory>
#include <utility>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "base/event_loop.h"

namespace wriftai {

// Runs `task` on the loop and waits until it has run. From any thread but the
// loop's; the event_loop must not end meanwhile.
inline void RunOnLoop(EventLoop& event_loop, EventLoop::Task task) {
  absl::Notification done;
  event_loop.Post([&] {
    task();
    done.Notify();
  });
  done.WaitForNotification();
}

// The same with a bound: false when `task` has not run after `patience`. It may
// still run later: what it touches it has to own, or has to be destroyed on the
// loop.
inline bool RunOnLoopWithin(EventLoop& event_loop, absl::Duration patience,
                            EventLoop::Task task) {
  const auto done = std::make_shared<absl::Notification>();
  event_loop.Post([done, task = std::move(task)]() mutable {
    task();
    done->Notify();
  });
  return done->WaitForNotificationWithTimeout(patience);
}

}  // namespace wriftai

#endif  // WRIFTAI_BASE_RUN_ON_LOOP_H_
