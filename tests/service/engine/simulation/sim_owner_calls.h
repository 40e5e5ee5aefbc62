#ifndef WRIFTAI_TESTS_SERVICE_ENGINE_SIMULATION_SIM_OWNER_CALLS_H_
#define WRIFTAI_TESTS_SERVICE_ENGINE_SIMULATION_SIM_OWNER_CALLS_H_

#include <cstddef>
#include <string>

#include "service/engine/owner_calls.h"
#include "service/engine/tenure_ownership.h"
#include "tests/service/engine/simulation/sim_links.h"
#include "tests/upstream/cluster/simulation/sim_cluster.h"

namespace wriftai {

// As PeerClient, over SimLinks.
//
// Threads: one. All arguments must outlive it.
class SimOwnerCalls final : public OwnerCalls {
 public:
  SimOwnerCalls(SimLinks& links, size_t slot, cluster::SimLoop& loop,
                TenureOwnership& ownership)
      : links_(links), slot_(slot), loop_(loop), ownership_(ownership) {}

  CallHandle Get(CallContext context, std::string id,
                 PredictionDone done) override;
  CallHandle List(CallContext context, ListParams params,
                  PageDone done) override;
  CallHandle Cancel(CallContext context, const std::string& id,
                    CancelDone done) override;
  CallHandle Create(CallContext context, const std::string& request_id,
                    CreateParams params, PredictionDone done) override;

 private:
  friend class SimForwardedCall;

  SimLinks& links_;
  const size_t slot_;
  cluster::SimLoop& loop_;
  TenureOwnership& ownership_;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SERVICE_ENGINE_SIMULATION_SIM_OWNER_CALLS_H_
