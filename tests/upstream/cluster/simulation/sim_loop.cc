#include "tests/upstream/cluster/simulation/sim_loop.h"

#include <algorithm>

namespace wriftai::cluster {

class SimQueue::Handle : public Timer {
 public:
  explicit Handle(std::shared_ptr<Pending> pending)
      : pending_(std::move(pending)) {}
  ~Handle() override { const auto task = std::move(pending_->task); }

 private:
  const std::shared_ptr<Pending> pending_;
};

std::shared_ptr<SimQueue::Pending> SimQueue::Add(absl::Time when, SimLoop* loop,
                                                 EventLoop::Task task) {
  auto pending = std::make_shared<Pending>();
  pending->task = std::move(task);
  pending->loop = loop;
  Push({std::max(when, now_), next_age_++, pending});
  return pending;
}

void SimQueue::Push(Item item) {
  heap_.push_back(std::move(item));
  std::push_heap(heap_.begin(), heap_.end(), IsLater);
}

void SimQueue::RunUntil(absl::Time end) {
  while (!heap_.empty() && heap_.front().at <= end) {
    std::pop_heap(heap_.begin(), heap_.end(), IsLater);
    Item item = std::move(heap_.back());
    heap_.pop_back();
    Pending& pending = *item.pending;
    if (pending.task == nullptr || pending.loop->killed()) continue;
    now_ = std::max(now_, item.at);
    if (pending.loop->stopped()) {
      item.at = pending.loop->stopped_until();
      Push(std::move(item));
      continue;
    }
    EventLoop::Task task = std::move(pending.task);
    pending.task = nullptr;
    task();
  }
  now_ = std::max(now_, end);
}

TimerHandle SimLoop::RunAt(absl::Time when, Task task) {
  return std::make_unique<SimQueue::Handle>(
      queue_.Add(when, this, std::move(task)));
}

}  // namespace wriftai::cluster
