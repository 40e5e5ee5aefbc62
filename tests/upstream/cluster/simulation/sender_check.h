#ifndef WRIFTAI_TESTS_UPSTREAM_CLUSTER_SIMULATION_SENDER_CHECK_H_
#define WRIFTAI_TESTS_UPSTREAM_CLUSTER_SIMULATION_SENDER_CHECK_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/upstream/cluster/simulation/sim_cluster.h"

namespace wriftai::cluster {

// Checks that a credential has one sender: between the last grant of one
// process and the first of another lies the takeover pause. The documented
// exception takes all of this: a session that began after the other one last
// reached the store, no path between the two, and nobody whom the one
// asks and who knows the other.
//
// Threads: one. The cluster must outlive it.
class SenderCheck {
 public:
  SenderCheck(SimCluster& cluster, const std::vector<std::string>& tags)
      : cluster_(cluster), tags_(tags), last_(tags.size()) {}

  // Asks every process whether it may grant at this moment.
  void Run();

  const std::vector<std::string>& violations() const { return violations_; }
  // Whether the exception has occurred.
  bool partitioned() const { return partitioned_; }
  // The part of all checks of a credential in which a replica could grant.
  double availability() const {
    return static_cast<double>(granting_) / static_cast<double>(checks_);
  }

 private:
  // The last grant of a slot.
  struct Grant {
    absl::Time at = absl::InfinitePast();
    std::string session;
    absl::Time began_at;
    absl::Time last_good_read;
  };

  // Whom each slot knew at a time.
  struct Acquaintances {
    absl::Time at;
    std::array<std::vector<Peer>, kMaxSlots> peers;
  };

  void RecordAcquaintances();
  // Whom the slot's process knew when an owner that still granted at
  // `granted_at` last asked its peers.
  std::vector<Peer> KnownTo(size_t slot, absl::Time granted_at) const;
  Grant GrantOf(size_t slot) const;
  void Check(size_t tag, size_t slot);
  bool IsPartitioned(size_t old_slot, const Grant& old, size_t new_slot,
                     const Grant& joined) const;
  // Whether both processes ran and could talk all the time since.
  bool AreConnected(size_t a, size_t b, absl::Time since) const;

  SimCluster& cluster_;
  const std::vector<std::string>& tags_;
  std::vector<std::array<Grant, kMaxSlots>> last_;
  std::deque<Acquaintances> acquaintances_;  // Oldest first.
  std::vector<std::string> violations_;
  bool partitioned_ = false;
  int64_t checks_ = 0;
  int64_t granting_ = 0;
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_TESTS_UPSTREAM_CLUSTER_SIMULATION_SENDER_CHECK_H_
