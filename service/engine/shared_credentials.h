#ifndef WRIFTAI_SERVICE_ENGINE_SHARED_CREDENTIALS_H_
#define WRIFTAI_SERVICE_ENGINE_SHARED_CREDENTIALS_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "base/event_loop.h"
#include "service/engine/call_router.h"
#include "service/engine/forwarded_waits.h"
#include "service/engine/owner_calls.h"
#include "service/engine/remote_watches.h"
#include "service/engine/replica_hooks.h"
#include "upstream/budget/budget_registry.h"
#include "upstream/watch/watch_registry.h"

namespace wriftai {

// An engine's part in a cluster of replicas that share credentials: calls and
// watches go to the owner of their credential, and return when this replica
// becomes the owner.
//
// Threads: loop; the constructor any. The arguments and the hooks must outlive
// it; it must outlive its calls and waits. Fails: see CallRouter.
class SharedCredentials final : private OwnershipObserver {
 public:
  // `own_calls`: those of credentials that this replica owns.
  SharedCredentials(EventLoop& event_loop, const ReplicaHooks& hooks,
                    OwnerCalls& own_calls, BudgetRegistry& budgets,
                    WatchRegistry& watches);
  ~SharedCredentials() override;

  OwnerCalls& calls() { return router_; }

  // See CredentialOwnership. Before each wait; the calls do it themselves.
  absl::Status Use(const Credential& credential) {
    return hooks_.ownership.Use(credential);
  }

  // The observer to subscribe for a wait that another replica has forwarded.
  std::unique_ptr<PredictionObserver> ObserveForwarded(
      const Credential& credential, PredictionObserver& observer,
      std::function<void()> stop) {
    return forwarded_waits_.Add(credential, observer, std::move(stop));
  }

  // Hands the credentials over. Calls that wait for a permit move to the
  // successor.
  void BeginDrain() { hooks_.ownership.BeginDrain(); }

  // Ends all calls. `unsent` is called once per call.
  void AbortAll(const std::function<absl::Status()>& unsent) {
    router_.AbortAll(unsent);
  }

  // Waits at other replicas.
  size_t remote_wait_count() const { return remote_watches_.wait_count(); }

 private:
  void OnOwnershipChanged(const std::string& credential_key,
                          bool owned_here) override;

  const ReplicaHooks hooks_;
  BudgetRegistry& budgets_;
  ForwardedWaits forwarded_waits_;
  RemoteWatches remote_watches_;
  CallRouter router_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ENGINE_SHARED_CREDENTIALS_H_
