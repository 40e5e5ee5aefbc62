#include "base/thread_scheduling.h"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

namespace wriftai {
namespace {

void Replace(int policy, int replacement) {
  if (sched_getscheduler(0) != policy) return;
  const sched_param no_priority{};
  sched_setscheduler(0, replacement, &no_priority);
}

}  // namespace

void UseBatchScheduling() { Replace(SCHED_OTHER, SCHED_BATCH); }

void UseDefaultScheduling() { Replace(SCHED_BATCH, SCHED_OTHER); }

void LowerPriority(int nice) {
  // On Linux, this affects only the current thread.
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), nice);
}

}  // namespace wriftai
