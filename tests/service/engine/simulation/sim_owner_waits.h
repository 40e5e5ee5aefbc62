#ifndef WRIFTAI_TESTS_SERVICE_ENGINE_SIMULATION_SIM_OWNER_WAITS_H_
#define WRIFTAI_TESTS_SERVICE_ENGINE_SIMULATION_SIM_OWNER_WAITS_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "service/engine/owner_calls.h"
#include "service/engine/tenure_ownership.h"
#include "tests/service/engine/simulation/sim_links.h"
#include "tests/upstream/cluster/simulation/sim_cluster.h"

namespace wriftai {

// As PeerWaits, over SimLinks.
//
// Threads: one. All arguments must outlive it.
class SimOwnerWaits final : public OwnerWaits {
 public:
  SimOwnerWaits(SimLinks& links, size_t slot, cluster::SimLoop& loop,
                TenureOwnership& ownership)
      : links_(links), slot_(slot), loop_(loop), ownership_(ownership) {}

  std::unique_ptr<OwnerWait> Start(
      const std::shared_ptr<const Credential>& credential,
      const std::string& id, absl::Time created, absl::Duration interval,
      OwnerWaitObserver& observer) override;

 private:
  SimLinks& links_;
  const size_t slot_;
  cluster::SimLoop& loop_;
  TenureOwnership& ownership_;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SERVICE_ENGINE_SIMULATION_SIM_OWNER_WAITS_H_
