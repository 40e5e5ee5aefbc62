#ifndef WRIFTAI_TESTS_UPSTREAM_CLUSTER_SIMULATION_SIM_LOOP_H_
#define WRIFTAI_TESTS_UPSTREAM_CLUSTER_SIMULATION_SIM_LOOP_H_

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/event_loop.h"

namespace wriftai::cluster {

class SimLoop;

// The tasks of a whole simulated cluster, in the order of virtual time.
//
// Threads: one. Owns: the tasks. It must outlive its loops.
class SimQueue {
 public:
  SimQueue() { heap_.reserve(1 << 10); }

  absl::Time now() const { return now_; }

  // Runs everything until `end`.
  void RunUntil(absl::Time end);

 private:
  friend class SimLoop;
  struct Pending {
    EventLoop::Task task;  // Null: canceled.
    SimLoop* loop = nullptr;
  };
  struct Item {
    absl::Time at;
    uint64_t age = 0;
    std::shared_ptr<Pending> pending;
  };
  class Handle;

  static bool IsLater(const Item& a, const Item& b) {
    return a.at != b.at ? a.at > b.at : a.age > b.age;
  }
  std::shared_ptr<Pending> Add(absl::Time when, SimLoop* loop,
                               EventLoop::Task task);
  void Push(Item item);

  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
  std::vector<Item> heap_;
  uint64_t next_age_ = 0;
};

// The loop of one simulated process. It can be stopped, as by SIGSTOP: its
// tasks then run, late and in order, when it wakes. It can be killed: its tasks
// never run.
//
// Threads: one.
class SimLoop : public EventLoop {
 public:
  explicit SimLoop(SimQueue& queue) : queue_(queue) {}

  absl::Time Now() const override { return queue_.now(); }
  absl::Time WallNow() const override { return queue_.now(); }
  void Post(Task task) override {
    RunIn(absl::ZeroDuration(), std::move(task));
  }
  void PostIdle(Task task) override { Post(std::move(task)); }
  [[nodiscard]] TimerHandle RunAt(absl::Time when, Task task) override;
  bool OnLoopThread() const override { return true; }

  // RunAt() that cannot be canceled.
  void RunIn(absl::Duration delay, Task task) {
    queue_.Add(Now() + delay, this, std::move(task));
  }

  void StopUntil(absl::Time when) { stopped_until_ = when; }
  absl::Time stopped_until() const { return stopped_until_; }
  bool stopped() const { return Now() < stopped_until_; }
  void Kill() { killed_ = true; }
  bool killed() const { return killed_; }

 private:
  SimQueue& queue_;
  absl::Time stopped_until_ = absl::InfinitePast();
  bool killed_ = false;
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_TESTS_UPSTREAM_CLUSTER_SIMULATION_SIM_LOOP_H_
