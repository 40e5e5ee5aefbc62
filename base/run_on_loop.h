#ifndef WRIFTAI_BASE_RUN_ON_LOOP_H_
#define WRIFTAI_BASE_RUN_ON_LOOP_H_

#include <memory>
#include <utility>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "base/event_loop.h"

namespace wriftai {

// Runs `task` on the loop and waits until it has run. Any thread except the
// loop's. `event_loop` must not be destroyed meanwhile.
inline void RunOnLoop(EventLoop& event_loop, EventLoop::Task task) {
  absl::Notification done;
  event_loop.Post([&] {
    task();
    done.Notify();
  });
  done.WaitForNotification();
}

// The same with a timeout: false if `task` has not run within `timeout`. It may
// still run later, so what it uses must be owned by it or destroyed on the
// loop.
inline bool RunOnLoopWithin(EventLoop& event_loop, absl::Duration timeout,
                            EventLoop::Task task) {
  const auto done = std::make_shared<absl::Notification>();
  event_loop.Post([done, task = std::move(task)]() mutable {
    task();
    done->Notify();
  });
  return done->WaitForNotificationWithTimeout(timeout);
}

}  // namespace wriftai

#endif  // WRIFTAI_BASE_RUN_ON_LOOP_H_
