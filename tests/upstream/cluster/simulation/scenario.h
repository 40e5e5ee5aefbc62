#ifndef WRIFTAI_TESTS_UPSTREAM_CLUSTER_SIMULATION_SCENARIO_H_
#define WRIFTAI_TESTS_UPSTREAM_CLUSTER_SIMULATION_SCENARIO_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/upstream/cluster/simulation/create_check.h"
#include "tests/upstream/cluster/simulation/sender_check.h"
#include "tests/upstream/cluster/simulation/sim_cluster.h"

namespace wriftai::cluster {

enum class FaultPattern {
  kSingle,  // One fault at a time.
  kOverlapping,
  kPartitions,  // Part of the replicas, and the store, on either side.
  kJoins,       // Replicas join while all others are cut off from the store.
};

// Three to five replicas that use some credentials, under random faults, and
// then without. What happens depends only on the arguments.
//
// Threads: one.
class Scenario {
 public:
  Scenario(FaultPattern pattern, CoordinationOutage outage, uint64_t seed,
           std::vector<std::string> tags = {"t0", "t1", "t2"});

  void Run();

  // What was broken, one line each; empty if all is well.
  std::vector<std::string> Violations() const;

  SimCluster& cluster() { return cluster_; }
  // Whether all faults have passed.
  bool healed() const { return healed_; }

  const SenderCheck& senders() const { return senders_; }
  const CreateCheck& creates() const { return creates_; }

 private:
  void Check();
  void UseCredentials(size_t slot);
  void InjectFaults(absl::Time end);
  void InjectFault();
  void InjectStoreFault(int kind, absl::Duration duration);
  // Returns which slots are cut off from the store.
  std::vector<bool> Partition(absl::Duration duration);
  void PartitionAndRevoke(absl::Duration duration);
  void JoinWhileOthersAreCut();
  void ReplaceReplicas();
  void JoinOverSlowLinks(size_t owner);
  void Heal();
  void CheckRecovery();

  size_t Pick(size_t count);
  absl::Duration Between(double min, double max);
  size_t AnySlot();
  // A slot whose process owns something; any slot if none does.
  size_t OwnerSlot();

  const FaultPattern pattern_;
  const std::vector<std::string> tags_;
  SimCluster cluster_;
  SenderCheck senders_{cluster_, tags_};
  CreateCheck creates_{cluster_, tags_};
  bool healed_ = false;
  std::vector<std::string> violations_;
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_TESTS_UPSTREAM_CLUSTER_SIMULATION_SCENARIO_H_
