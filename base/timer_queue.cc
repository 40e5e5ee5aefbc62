#include "base/timer_queue.h"

namespace wriftai {

class TimerQueue::Entry : public Timer {
 public:
  Entry(std::weak_ptr<Tasks> tasks, Key key)
      : tasks_(std::move(tasks)), key_(key) {}

  ~Entry() override {
    const std::shared_ptr<Tasks> tasks = tasks_.lock();
    if (tasks == nullptr) return;
    // Destroy the task only after it has left the map: it may own another
    // handle, whose destructor re-enters here.
    auto node = tasks->extract(key_);
  }

 private:
  const std::weak_ptr<Tasks> tasks_;
  const Key key_;
};

TimerQueue::TimerQueue() : tasks_(std::make_shared<Tasks>()) {}

TimerQueue::~TimerQueue() {
  // For the same reason, handles owned by the tasks must not find the queue.
  const std::shared_ptr<Tasks> last = std::move(tasks_);
}

TimerHandle TimerQueue::Add(absl::Time when, EventLoop::Task task) {
  const Key key{when, next_age_++};
  tasks_->emplace(key, std::move(task));
  return std::make_unique<Entry>(tasks_, key);
}

std::optional<absl::Time> TimerQueue::NextTime() const {
  if (tasks_->empty()) return std::nullopt;
  return tasks_->begin()->first.first;
}

EventLoop::Task TimerQueue::PopDue(absl::Time now) {
  if (tasks_->empty() || tasks_->begin()->first.first > now) return nullptr;
  return std::move(tasks_->extract(tasks_->begin()).mapped());
}

}  // namespace wriftai
