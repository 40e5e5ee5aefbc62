#ifndef WRIFTAI_TESTS_UPSTREAM_CLUSTER_SIMULATION_SIM_NODE_H_
#define WRIFTAI_TESTS_UPSTREAM_CLUSTER_SIMULATION_SIM_NODE_H_

#include <cstddef>
#include <functional>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/upstream/cluster/replica.h"
#include "tests/upstream/cluster/simulation/sim_loop.h"
#include "tests/upstream/cluster/simulation/sim_network.h"
#include "tests/upstream/cluster/simulation/sim_store.h"

namespace wriftai::cluster {

struct SimConnections {
  SimStore store;
  SimPeerLink link;
};

// One simulated process. It joins at once.
//
// Threads: one. All arguments must outlive it.
class SimNode : private SimConnections, public Replica {
 public:
  SimNode(SimLoop& loop, size_t slot, const std::string& node,
          SimStoreServer& server, SimNetwork& network, const Keys& keys,
          const ClusterTimes& times, CoordinationOutage outage)
      : SimConnections{{loop, slot, server}, {loop, slot, network}},
        Replica(loop, store, link, keys, times, outage, node,
                absl::StrCat(slot)) {
    network.Listen(
        slot, &loop,
        {[this](const VouchRequest& request) { return AnswerVouch(request); },
         [this](const FindOwnersRequest& request) {
           return find_owners ? find_owners(request) : FindOwnersResponse();
         }});
    NeedAdmission();
    session.Start();
  }

  // What is attached answers it.
  std::function<FindOwnersResponse(const FindOwnersRequest&)> find_owners;
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_TESTS_UPSTREAM_CLUSTER_SIMULATION_SIM_NODE_H_
