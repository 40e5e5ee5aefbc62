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

// The timers of one loop, ordered by time, then by age. Shared by the curl loop
// and the manual loop of the tests.
//
// Threads: one. Owns: the tasks. Handles may outlive the queue and then do
// nothing. Fails: never.
class TimerQueue {
 public:
  TimerQueue();
  ~TimerQueue();
  TimerQueue(const TimerQueue&) = delete;
  TimerQueue& operator=(const TimerQueue&) = delete;

  [[nodiscard]] TimerHandle Add(absl::Time when, EventLoop::Task task);

  // When the next timer is due; nullopt if the queue is empty.
  std::optional<absl::Time> NextTime() const;

  // Removes and returns the first timer that is due at `now`; null if none is.
  // Returns one at a time, so that a task can still cancel the next ones.
  EventLoop::Task PopDue(absl::Time now);

 private:
  using Key = std::pair<absl::Time, uint64_t>;
  using Tasks = std::map<Key, EventLoop::Task>;
  class Entry;

  // Shared with the handles, which may outlive the queue.
  std::shared_ptr<Tasks> tasks_;
  uint64_t next_age_ = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_TIMER_QUEUE_H_
