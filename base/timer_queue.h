#ifndef WRIFTAI_BASE_TIMER_QUEUE_H_
#define WRIFTAI_BASE_TIMER_QUEUE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "absl/time/time.h"
#include "base/event_loop.h"

namespace wriftai {

// The timers of one loop, ordered by time and then by age. What the curl loop
// and the virtual clock of the tests have in common.
//
// Threads: one. Owns: the tasks. Handles may outlive the queue; they then do
// nothing. Fails: never.
class TimerQueue {
 public:
  TimerQueue();
  ~TimerQueue();
  TimerQueue(const TimerQueue&) = delete;
  TimerQueue& operator=(const TimerQueue&) = delete;

  [[nodiscard]] TimerHandle Add(absl::Time when, EventLoop::Task task);

  // When the next timer is due; nothing while there is none.
  std::optional<absl::Time> NextTime() const;

  // Takes out the oldest timer that is due at `now`, or null when none is.
  // One at a time, so that a task can still take back those behind it.
  EventLoop::Task PopDue(absl::Time now);

 private:
  using Key = std::pair<absl::Time, uint64_t>;
  using Tasks = std::map<Key, EventLoop::Task>;
  class Entry;

  // Shared with the handles, so that one can tell that the queue has gone.
  std::shared_ptr<Tasks> tasks_;
  uint64_t next_age_ = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_TIMER_QUEUE_H_
