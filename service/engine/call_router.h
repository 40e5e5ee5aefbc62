#ifndef WRIFTAI_SERVICE_ENGINE_CALL_ROUTER_H_
#define WRIFTAI_SERVICE_ENGINE_CALL_ROUTER_H_

#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "base/call.h"
#include "base/event_loop.h"
#include "service/engine/replica_hooks.h"
#include "service/engine/routed_call.h"
#include "upstream/prediction_calls.h"

namespace wriftai {

// Runs each call of a client here or at the owner of its credential: see
// RoutedCall.
//
// Threads: loop. EventLoop, `here` and the hooks must outlive it; it must
// outlive its calls. Fails: as `here`, as OwnerCalls, and see RoutedCall.
class CallRouter final : public OwnerCalls {
 public:
  // Runs after a create of another replica, before its `done`.
  using ForwardedCreate =
      std::function<void(const Credential&, const v1::Prediction&)>;

  // `here`: the calls of this replica.
  CallRouter(EventLoop& event_loop, const ReplicaHooks& hooks, OwnerCalls& here,
             ForwardedCreate on_forwarded_create)
      : event_loop_(event_loop),
        hooks_(hooks),
        here_(here),
        on_forwarded_create_(std::move(on_forwarded_create)) {}

  CallHandle Get(CallContext context, std::string id,
                 PredictionDone done) override;
  CallHandle List(CallContext context, ListParams params,
                  PageDone done) override;
  CallHandle Cancel(CallContext context, const std::string& id,
                    CancelDone done) override;
  CallHandle Create(CallContext context, const std::string& request_id,
                    CreateParams params, PredictionDone done) override;

  // Calls of the credential that look for its owner do so now.
  void OnOwnershipChanged(const std::string& credential_key) {
    RoutedCallBase::OnOwnerChanged(credential_key, calls_);
  }

  // Ends all calls with RoutedCallBase::Abort(). `unsent` is called once per
  // call.
  void AbortAll(const std::function<absl::Status()>& unsent) const;

 private:
  template <typename Result>
  CallHandle Start(CallContext context, Repeat repeat,
                   typename RoutedCall<Result>::Step here,
                   typename RoutedCall<Result>::Step forward,
                   typename RoutedCall<Result>::Done done);

  EventLoop& event_loop_;
  const ReplicaHooks hooks_;
  OwnerCalls& here_;
  const ForwardedCreate on_forwarded_create_;
  RoutedCallBase::All calls_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ENGINE_CALL_ROUTER_H_
