#ifndef WRIFTAI_TESTS_SERVICE_ENGINE_SIMULATION_ENGINE_NODE_H_
#define WRIFTAI_TESTS_SERVICE_ENGINE_SIMULATION_ENGINE_NODE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include "absl/time/time.h"
#include "base/event_loop.h"
#include "service/engine/engine.h"
#include "service/engine/stored_creates.h"
#include "service/engine/tenure_ownership.h"
#include "tests/service/engine/simulation/sim_links.h"
#include "tests/service/engine/simulation/sim_owner_calls.h"
#include "tests/service/engine/simulation/sim_owner_waits.h"
#include "tests/service/engine/simulation/sim_upstream.h"
#include "tests/upstream/cluster/simulation/sim_cluster.h"

namespace wriftai {

// The engine of one simulated process, and what it runs for other processes and
// for clients.
//
// Threads: one. All arguments must outlive it.
class EngineNode {
 public:
  EngineNode(SimLinks& links, SimUpstream& upstream, size_t slot,
             cluster::SimLoop& loop, cluster::SimNode& node);
  ~EngineNode();

  Engine& engine() { return engine_; }
  TenureOwnership& ownership() { return ownership_; }
  cluster::SimLoop& loop() { return loop_; }

  // Keeps what runs until Drop(), or until the process is killed.
  int64_t Keep(std::shared_ptr<void> running);
  // From the loop, so a callback may drop its own call.
  void Drop(int64_t key);

  // As after SIGTERM. `done` runs once the session is closed.
  void Drain(absl::Duration grace, std::function<void()> done);

 private:
  SimLinks& links_;
  const size_t slot_;
  cluster::SimLoop& loop_;
  cluster::SimNode& node_;
  SimTransport transport_;
  TenureOwnership ownership_;
  StoredCreates creates_;
  SimOwnerCalls owner_calls_;
  SimOwnerWaits owner_waits_;
  const ReplicaHooks hooks_;
  Engine engine_;
  int64_t next_key_ = 0;
  std::map<int64_t, std::shared_ptr<void>> running_;
  TimerHandle close_;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SERVICE_ENGINE_SIMULATION_ENGINE_NODE_H_
