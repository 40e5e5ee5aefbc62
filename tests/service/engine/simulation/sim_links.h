#ifndef WRIFTAI_TESTS_SERVICE_ENGINE_SIMULATION_SIM_LINKS_H_
#define WRIFTAI_TESTS_SERVICE_ENGINE_SIMULATION_SIM_LINKS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>

#include "absl/time/time.h"
#include "service/engine/tenure_ownership.h"
#include "tests/upstream/cluster/simulation/sim_cluster.h"

namespace wriftai {

class EngineNode;

// The slot in which an owner runs.
size_t SlotOf(const TenureOwnership::Owner& owner);

// The connections between simulated processes, for forwarded calls.
//
// Threads: one. The cluster must outlive it.
class SimLinks {
 public:
  // When a connection on which nothing arrives is given up, as by gRPC's pings.
  static constexpr absl::Duration kSilence = absl::Seconds(10);

  explicit SimLinks(cluster::SimCluster& cluster) : cluster_(cluster) {}

  cluster::SimCluster& cluster() { return cluster_; }

  // The process in the slot. Null: none, so its connections are broken.
  void Listen(size_t slot, EngineNode* node);
  EngineNode* node(size_t slot) const { return nodes_[slot]; }

  // Runs `arrive` in the slot's process when the message arrives there, or
  // `refused` in the sender's if none runs there. Nothing if it is lost.
  void Send(size_t from, size_t to, cluster::SimLoop& sender,
            std::function<void(EngineNode&)> arrive,
            std::function<void()> refused);

  // Runs `task` on the loop of the process that sent a message from `to`.
  // Messages of a stream do not overtake each other: `*last` is when the last
  // one arrives. False if it is lost.
  bool Respond(size_t from, size_t to, cluster::SimLoop& receiver,
               absl::Time* last, std::function<void()> task);

  // Runs `broken` when the process in the slot ends. Returns a key.
  int64_t OnBroken(size_t slot, cluster::SimLoop& loop,
                   std::function<void()> broken);
  void Forget(int64_t key) { open_.erase(key); }

 private:
  struct Open {
    size_t slot = 0;
    cluster::SimLoop* loop = nullptr;
    std::function<void()> broken;
  };

  bool Loses(size_t from, size_t to);
  absl::Duration Delay();

  cluster::SimCluster& cluster_;
  std::array<EngineNode*, cluster::kMaxSlots> nodes_{};
  int64_t next_key_ = 0;
  std::map<int64_t, Open> open_;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SERVICE_ENGINE_SIMULATION_SIM_LINKS_H_
