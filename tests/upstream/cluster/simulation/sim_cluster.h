#ifndef WRIFTAI_TESTS_UPSTREAM_CLUSTER_SIMULATION_SIM_CLUSTER_H_
#define WRIFTAI_TESTS_UPSTREAM_CLUSTER_SIMULATION_SIM_CLUSTER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "base/random.h"
#include "tests/upstream/cluster/simulation/sim_faults.h"
#include "tests/upstream/cluster/simulation/sim_loop.h"
#include "tests/upstream/cluster/simulation/sim_network.h"
#include "tests/upstream/cluster/simulation/sim_node.h"
#include "tests/upstream/cluster/simulation/sim_store.h"
#include "upstream/cluster/cluster_times.h"
#include "upstream/cluster/keys.h"

namespace wriftai::cluster {

// The processes of a cluster, in slots, with their store and network. One clock
// for all.
//
// Threads: one. Owns: everything.
class SimCluster {
 public:
  struct Slot {
    std::unique_ptr<SimLoop> loop;  // Null: no process.
    std::unique_ptr<SimNode> node;
    std::shared_ptr<void> attached;  // To the node; null: nothing.
    absl::Time started_at;
    // When the process last woke from a stop.
    absl::Time woke_at = absl::InfinitePast();
  };

  SimCluster(uint64_t seed, CoordinationOutage outage);
  ~SimCluster();

  // Starts a process in the slot, `delay` from now.
  void Start(size_t slot, absl::Duration delay = absl::ZeroDuration());
  // As by SIGKILL.
  void Kill(size_t slot);
  // As by SIGSTOP and SIGCONT.
  void Stop(size_t slot, absl::Duration duration);

  bool IsRunning(size_t slot) const {
    return slots_[slot].node != nullptr && !slots_[slot].loop->stopped();
  }
  const Slot& slot(size_t index) const { return slots_[index]; }
  SimNode* node(size_t slot) { return slots_[slot].node.get(); }

  absl::Time now() const { return queue_.now(); }
  void RunFor(absl::Duration duration) { queue_.RunUntil(now() + duration); }
  // Runs `task` after `delay`, whatever happens to the processes.
  void RunIn(absl::Duration delay, EventLoop::Task task) {
    world_.RunIn(delay, std::move(task));
  }

  // A loop that is never stopped.
  SimLoop& world() { return world_; }

  // Makes what runs in each process that starts, beside its node. May be empty.
  std::function<std::shared_ptr<void>(size_t slot, SimLoop& loop,
                                      SimNode& node)>
      attach;

  SimFaults faults;
  Random random;
  const ClusterTimes times = {};

 private:
  SimQueue queue_;
  SimLoop world_{queue_};  // Never stopped.

 public:
  SimStoreServer store{world_, faults, random};

 private:
  const Keys keys_{"sim"};
  const CoordinationOutage outage_;
  SimNetwork network_{world_, faults, random};
  int64_t processes_ = 0;
  // Loops of killed processes: messages to them may be under way.
  std::vector<std::unique_ptr<SimLoop>> killed_;
  std::array<Slot, kMaxSlots> slots_;
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_TESTS_UPSTREAM_CLUSTER_SIMULATION_SIM_CLUSTER_H_
