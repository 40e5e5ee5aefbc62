#ifndef WRIFTAI_SERVICE_ENGINE_ENGINE_H_
#define WRIFTAI_SERVICE_ENGINE_ENGINE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/byte_budget.h"
#include "base/event_loop.h"
#include "base/random.h"
#include "base/worker_pool.h"
#include "service/engine/engine_numbers.h"
#include "service/engine/engine_options.h"
#include "service/engine/gateway_credential.h"
#include "service/engine/own_calls.h"
#include "service/engine/prediction_encoder.h"
#include "service/engine/replica_hooks.h"
#include "service/engine/shared_credentials.h"
#include "service/engine/wait_admission.h"
#include "service/engine/wait_handle.h"
#include "upstream/budget/budget_registry.h"
#include "upstream/create/create_deduplicator.h"
#include "upstream/create/recorded_creator.h"
#include "upstream/http/http_transport.h"
#include "upstream/rest/rest_prediction_client.h"
#include "upstream/watch/watch_registry.h"
#include "upstream/webhook/webhook_injector.h"

namespace wriftai {

// The caller of an RPC and its deadline. A value.
struct Caller {
  std::shared_ptr<const Credential> credential;  // The caller's own, or null.
  absl::Time deadline = absl::InfiniteFuture();  // EventLoop::Now()'s clock.
};

// Everything that runs on the loop: budgets, upstream client, deduplicated
// creates, watches and the gateway's credential. RPCs use only this class. A
// state that any call observes is delivered to all waiters of the prediction.
//
// The methods for RPCs take the context from ContextFor(). `done` runs on the
// loop, exactly once, and never after the handle is destroyed.
//
// Threads: the constructor, event_loop() and the section "any thread": any.
// Everything else, including the destructor: loop. EventLoop and transport must
// outlive it, and what `replicas` refers to; it must outlive its handles.
// Fails: see PredictionReader, and with replicas RoutedCall; UNAVAILABLE
// (DRAINING) for waits while draining.
class Engine final : private WebhookInjector::Observer {
 public:
  using SnapshotDone = absl::AnyInvocable<void(absl::StatusOr<SnapshotPtr>)>;

  // `gateway_credential`: the gateway's credential, or null. `gateway_webhook`:
  // the webhook for creates that have none; empty: no webhook.
  // `on_poll_failed`, `poll_trace`, `poll_spans`: see WatchRegistry; may be
  // empty or null.
  // `replicas`: null if this replica is alone.
  Engine(const EngineOptions& options,
         std::shared_ptr<const GatewayCredential> gateway_credential,
         EventLoop& event_loop, HttpTransport& transport, uint64_t random_seed,
         WebhookInjector::GatewayWebhook gateway_webhook = nullptr,
         WatchRegistry::PollFailed on_poll_failed = nullptr,
         PollTrace* poll_trace = nullptr,
         const ReplicaHooks* replicas = nullptr,
         PollSpans* poll_spans = nullptr);

  EventLoop& event_loop() { return event_loop_; }

  // For decoding requests, on any thread: the size of one, the memory for all
  // messages, and whether callers' tokens are used.
  size_t max_request_bytes() const { return max_request_bytes_; }
  ByteBudget& message_budget() { return message_budget_; }
  CredentialPolicy credential_policy() const { return credentials_; }

  // For work that takes too long for the loop.
  WorkerPool& workers() { return workers_; }
  PredictionEncoder& encoder() { return encoder_; }

  // The credential and deadline for upstream requests on behalf of `caller`.
  // UNAUTHENTICATED: see ChooseCredential().
  absl::StatusOr<CallContext> ContextFor(const Caller& caller);

  // Returns null after `done` if the prediction has ended and is cached.
  CallHandle Get(CallContext context, std::string id, SnapshotDone done);

  CallHandle List(CallContext context, ListParams params, PageDone done);

  // Creates once per `request_id`. Empty: always creates.
  CallHandle Create(CallContext context, const std::string& request_id,
                    CreateParams params, SnapshotDone done);

  CallHandle Cancel(CallContext context, const std::string& id,
                    OwnerCalls::CancelDone done);

  // Watches the prediction, at most for --max_wait. `observer` must outlive the
  // handle; it is never called inside Wait(). RESOURCE_EXHAUSTED
  // (TOO_MANY_WAITS) if no slot is left for the credential.
  absl::StatusOr<std::unique_ptr<WaitHandle>> Wait(
      const CallContext& context, std::string id, const WatchOptions& options,
      PredictionObserver& observer);

  // Create() and then Wait(). The slot is acquired before the create, so a paid
  // prediction does not lack one. While draining, the observer gets the created
  // state and then UNAVAILABLE. Errors of the create name its fields with
  // kCreatePrefix.
  absl::StatusOr<std::unique_ptr<WaitHandle>> CreateAndWait(
      CallContext context, const std::string& request_id, CreateParams params,
      const WatchOptions& options, CreateObserver& observer);

  // The prefix of CreateRequest's fields in CreateAndWaitRequest.
  static constexpr char kCreatePrefix[] = "create.";

  // Publishes a verified webhook event to the waiters of its owners.
  void PublishWebhook(v1::Prediction prediction);

  // Rejects new waits. Running waits end with UNAVAILABLE and a jittered
  // RetryInfo each, to spread their load over time. Other calls may continue
  // until `end_at` and then end the same way. Other replicas become the owners
  // of credentials, and calls that were not sent yet move to them. A create
  // that may have reached the upstream ends with CREATE_OUTCOME_UNKNOWN: if
  // gRPC cut it off silently, the caller might create, and pay, twice.
  void BeginDrain(absl::Time end_at);

  // Reports all polls from now on. `trace` must outlive this or the next call;
  // may be null.
  void SetPollTrace(PollTrace* trace) { watches_.set_poll_trace(trace); }

  const UpstreamHealth& upstream_health() { return client_.health(); }

  // Calls `listener` after each change of the upstream's health. Null: none.
  void ListenToHealth(UpstreamHealth::Listener listener) {
    client_.health().SetListener(std::move(listener));
  }

  // For the admin pages: the counters, and the watches of each credential.
  EngineNumbers Numbers();
  void ForEachCredential(
      const std::function<void(const CredentialWatches&)>& visit) const {
    watches_.ForEach(visit);
  }

 private:
  void OnCreated(const Credential& credential, const v1::Prediction& created,
                 bool with_gateway_webhook) override;
  // Of the replica that owns the credential.
  OwnerCalls& calls() {
    return shared_ == nullptr ? own_calls_ : shared_->calls();
  }

  // A wait that has a slot and no subscription yet.
  absl::StatusOr<std::unique_ptr<WaitHandle>> AcquireWait(
      const Credential& credential);
  void SubscribeTo(const SnapshotPtr& created,
                   const std::shared_ptr<const Credential>& credential,
                   const WatchOptions& options, CreateObserver& observer,
                   WaitHandle& wait);
  void WatchTokenFile();

  const CredentialPolicy credentials_;
  const size_t max_request_bytes_;
  ByteBudget message_budget_;
  EventLoop& event_loop_;
  const std::shared_ptr<const GatewayCredential> gateway_credential_;
  WorkerPool workers_;
  PredictionEncoder encoder_;
  Random random_;
  WaitAdmission admission_;
  BudgetRegistry budgets_;
  RestPredictionClient client_;
  WebhookInjector webhook_injector_;
  const std::unique_ptr<RecordedCreator> recorded_creator_;  // May be null.
  CreateDeduplicator creates_;
  OwnCalls own_calls_;
  WatchRegistry watches_;
  const std::unique_ptr<SharedCredentials> shared_;  // Null: alone.
  TimerHandle token_timer_;
  TimerHandle end_calls_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ENGINE_ENGINE_H_
