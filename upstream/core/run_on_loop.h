#ifndef WRIFTAI_UPSTREAM_CORE_RUN_ON_LOOP_H_
#define WRIFTAI_UPSTREAM_CORE_RUN_ON_LOOP_H_

#include <memory>
#include <utility>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "upstream/core/scheduler.h"

namespace wriftai {

// Runs `task` on the loop and waits until it has run. From any thread but the
// loop's; the scheduler must not end meanwhile.
inline void RunOnLoop(Scheduler& scheduler, Scheduler::Task task) {
  absl::Notification done;
  scheduler.Post([&] {
    task();
    done.Notify();
  });
  done.WaitForNotification();
}

// The same with a bound: false when `task` has not run after `patience`. It may
// still run later: what it touches it has to own, or has to be destroyed on the
// loop.
inline bool RunOnLoopWithin(Scheduler& scheduler, absl::Duration patience,
                            Scheduler::Task task) {
  const auto done = std::make_shared<absl::Notification>();
  scheduler.Post([done, task = std::move(task)]() mutable {
    task();
    done->Notify();
  });
  return done->WaitForNotificationWithTimeout(patience);
}

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_CORE_RUN_ON_LOOP_H_
