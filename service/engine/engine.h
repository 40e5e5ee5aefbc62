#ifndef WRIFTAI_SERVICE_ENGINE_ENGINE_H_
#define WRIFTAI_SERVICE_ENGINE_ENGINE_H_

#include <memory>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/byte_budget.h"
#include "base/dynamic_threshold_limiter.h"
#include "base/event_loop.h"
#include "base/random.h"
#include "base/worker_pool.h"
#include "service/config.h"
#include "service/engine/gateway_credential.h"
#include "service/engine/prediction_encoder.h"
#include "upstream/budget/budget_registry.h"
#include "upstream/create/create_deduplicator.h"
#include "upstream/create/webhook_injector.h"
#include "upstream/http/http_transport.h"
#include "upstream/rest/rest_prediction_client.h"
#include "upstream/watch/watch_registry.h"

namespace wriftai {

// The caller of an RPC and its deadline. A value.
struct Caller {
  std::shared_ptr<const Credential> credential;  // The caller's own, or null.
  absl::Time deadline = absl::InfiniteFuture();  // EventLoop::Now()'s clock.
};

// The object graph of everything that runs on the loop: budgets, upstream
// client, deduplicated creates, watches and the gateway's credential. A state
// that any call observes is delivered to all waiters of the prediction.
//
// Threads: the constructor and the accessors of constant values: any.
// Everything else, including the destructor: loop. EventLoop and transport must
// outlive it.
class Engine {
 public:
  // `gateway_credential`: the gateway's credential, or null. `gateway_webhook`:
  // the webhook for creates that have none; empty: no webhook.
  Engine(const Config& config,
         std::shared_ptr<const GatewayCredential> gateway_credential,
         EventLoop& event_loop, HttpTransport& transport, uint64_t random_seed,
         WebhookInjector::GatewayWebhook gateway_webhook = nullptr);

  EventLoop& event_loop() { return event_loop_; }

  // The limits for decoding: the size of one request, and the memory for all
  // messages. The budget: any thread.
  size_t max_request_bytes() const { return max_request_bytes_; }
  ByteBudget& message_budget() { return message_budget_; }

  // For work that takes too long for the loop.
  WorkerPool& workers() { return workers_; }
  PredictionEncoder& encoder() { return encoder_; }
  CredentialPolicy credential_policy() const { return credentials_; }

  // The credential and deadline for upstream requests on behalf of `caller`.
  // UNAUTHENTICATED: see ChooseCredential().
  absl::StatusOr<CallContext> ContextFor(const Caller& caller);

  // UNAVAILABLE with a jittered RetryInfo while draining, because a new wait
  // would have to move at once.
  absl::Status CheckServing();

  // A slot for one wait; hold it until the stream is gone. Fails like
  // CheckServing(), and with RESOURCE_EXHAUSTED (TOO_MANY_WAITS, RetryInfo) if
  // --max_waits leaves no slot for the credential.
  absl::StatusOr<DynamicThresholdLimiter::Slot> AcquireWaitSlot(
      const Credential& credential);

  // `options` with their end set from --max_wait, or earlier, so that the
  // stream ends before gRPC closes its aged connection.
  WatchOptions Bounded(WatchOptions options);

  // Rejects new waits. Running waits end with UNAVAILABLE and a jittered
  // RetryInfo each, to spread their load over time. Other calls may continue
  // until `end_at` and then end the same way. A create that may have reached
  // the upstream ends with CREATE_OUTCOME_UNKNOWN: if gRPC cut it off silently,
  // the caller might create, and pay, twice.
  void BeginDrain(absl::Time end_at);

  // The cached state of a prediction that has ended, without a read; or null.
  SnapshotPtr Ended(const CallContext& context, const std::string& id) {
    return watches_.Ended(*context.credential, id);
  }

  using GetDone = absl::AnyInvocable<void(absl::StatusOr<SnapshotPtr>)>;

  // Like PredictionClient::Get().
  CallHandle Get(CallContext context, std::string id, GetDone done);

  // Creates once per `request_id`. Empty: always creates.
  CallHandle Create(CallContext context, const std::string& request_id,
                    CreateParams params, PredictionClient::PredictionDone done);

  CallHandle List(CallContext context, ListParams params,
                  PredictionClient::PageDone done);

  // Takes a verified webhook.
  void OnWebhook(v1::Prediction prediction) {
    client_.decode_stats().Add(prediction);
    watches_.OnWebhook(std::move(prediction));
  }

  PredictionClient& client() { return client_; }
  const DecodeStats& decode_stats() const { return client_.decode_stats(); }
  UpstreamHealth& upstream_health() { return client_.health(); }
  BudgetRegistry& budgets() { return budgets_; }
  WatchRegistry& watches() { return watches_; }
  const CreateDeduplicator& creates() const { return creates_; }

 private:
  absl::Status Draining();
  void WatchTokenFile();

  const CredentialPolicy credentials_;
  const size_t max_request_bytes_;
  ByteBudget message_budget_;
  const absl::Duration max_wait_;
  const absl::Duration max_stream_age_;
  EventLoop& event_loop_;
  const std::shared_ptr<const GatewayCredential> gateway_credential_;
  WorkerPool workers_;
  PredictionEncoder encoder_;
  Random random_;
  BudgetRegistry budgets_;
  RestPredictionClient client_;
  WebhookInjector webhook_injector_;
  CreateDeduplicator creates_;
  WatchRegistry watches_;
  DynamicThresholdLimiter waits_;  // By the credential's key.
  bool draining_ = false;
  TimerHandle token_timer_;
  TimerHandle end_calls_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ENGINE_ENGINE_H_
