#include "service/engine/shared_credentials.h"

#include "service/engine/ownership_errors.h"

namespace wriftai {

SharedCredentials::SharedCredentials(EventLoop& event_loop,
                                     const ReplicaHooks& hooks,
                                     OwnerCalls& own_calls,
                                     BudgetRegistry& budgets,
                                     WatchRegistry& watches)
    : hooks_(hooks),
      budgets_(budgets),
      remote_watches_(event_loop, hooks, watches),
      router_(event_loop, hooks, own_calls,
              [&watches](const Credential& credential,
                         const v1::Prediction& created) {
                watches.Apply(credential, created, v1::SOURCE_CREATE);
              }) {
  watches.set_find_demand_observer(
      [this](const std::shared_ptr<const Credential>& credential) {
        return remote_watches_.Find(credential);
      });
  hooks_.ownership.SetObserver(this);
}

SharedCredentials::~SharedCredentials() {
  hooks_.ownership.SetObserver(nullptr);
}

void SharedCredentials::OnOwnershipChanged(const std::string& credential_key,
                                           bool owned_here) {
  // First, so that no demand of theirs is passed on.
  if (!owned_here) forwarded_waits_.EndAll(credential_key, NotOwnerError());
  remote_watches_.OnOwnershipChanged(credential_key, owned_here);
  budgets_.OnGuardChanged(credential_key);
  router_.OnOwnershipChanged(credential_key);
}

}  // namespace wriftai
