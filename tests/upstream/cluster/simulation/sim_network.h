#ifndef WRIFTAI_TESTS_UPSTREAM_CLUSTER_SIMULATION_SIM_NETWORK_H_
#define WRIFTAI_TESTS_UPSTREAM_CLUSTER_SIMULATION_SIM_NETWORK_H_

#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "base/random.h"
#include "tests/upstream/cluster/simulation/sim_faults.h"
#include "tests/upstream/cluster/simulation/sim_loop.h"
#include "upstream/cluster/peer_link.h"

namespace wriftai::cluster {

// The links between the slots. An address is a slot's number.
//
// Threads: one. All arguments must outlive it.
class SimNetwork {
 public:
  // What a process answers.
  struct Handlers {
    std::function<VouchResponse(const VouchRequest&)> vouch;
    std::function<FindOwnersResponse(const FindOwnersRequest&)> find_owners;
  };

  // `loop`: one that is never stopped.
  SimNetwork(SimLoop& loop, SimFaults& faults, Random& random)
      : loop_(loop), faults_(faults), random_(random) {}

  // What runs in the slot, on its loop. Null: nothing.
  void Listen(size_t slot, SimLoop* loop, Handlers handlers) {
    listeners_[slot] = {loop, std::move(handlers)};
  }

 private:
  friend class SimPeerLink;
  struct Listener {
    SimLoop* loop = nullptr;
    Handlers handlers;
  };

  // Whether a message that is sent or arrives now is lost.
  bool Loses(size_t from, size_t to) {
    return loop_.Now() < faults_.link_cut[from][to] ||
           faults_.Loses(loop_.Now(), random_);
  }
  absl::Duration Delay() { return faults_.LinkDelay(loop_.Now(), random_); }

  SimLoop& loop_;
  SimFaults& faults_;
  Random& random_;
  std::array<Listener, kMaxSlots> listeners_;
};

// One process's calls to the others.
//
// Threads: one. All arguments must outlive it.
class SimPeerLink : public PeerLink {
 public:
  SimPeerLink(SimLoop& loop, size_t slot, SimNetwork& network)
      : loop_(loop), slot_(slot), network_(network) {}

  [[nodiscard]] CallHandle Vouch(const std::string& address,
                                 VouchRequest request, absl::Time deadline,
                                 VouchDone done) override;
  [[nodiscard]] CallHandle FindOwners(const std::string& address,
                                      FindOwnersRequest request,
                                      absl::Time deadline,
                                      FindOwnersDone done) override;

 private:
  // `answer`: that of the handlers.
  template <typename Request, typename Answer, typename Done>
  CallHandle Start(const std::string& address, Request request,
                   absl::Time deadline, Answer answer, Done done);

  SimLoop& loop_;
  const size_t slot_;
  SimNetwork& network_;
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_TESTS_UPSTREAM_CLUSTER_SIMULATION_SIM_NETWORK_H_
