#ifndef WRIFTAI_UPSTREAM_CORE_RUN_ON_LOOP_H_
#define WRIFTAI_UPSTREAM_CORE_RUN_ON_LOOP_H_

#include "absl/synchronization/notification.h"
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

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_CORE_RUN_ON_LOOP_H_
