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

// Who calls, and until when. A value.
struct Caller {
  std::shared_ptr<const Credential> credential;  // The caller's own, or null.
  absl::Time deadline = absl::InfiniteFuture();  // EventLoop::Now()'s clock.
};

// All that the service has on the loop: the budgets, the upstream, the creates
// that happen once, the watches, the gateway's credential. The object graph in
// one place. What one call learns of a prediction is told to all who wait for
// it.
//
// Threads: constructor, and the accessors of what does not change, any; all
// else on the loop, the destructor too. EventLoop and transport must outlive
// it.
class Engine {
 public:
  // `own`: the gateway's credential; null: none. `gateway_webhook`: what
  // creates register that bring no webhook; empty: nothing.
  Engine(const Config& config, std::shared_ptr<const GatewayCredential> own,
         EventLoop& event_loop, HttpTransport& transport, uint64_t random_seed,
         WebhookInjector::GatewayWebhook gateway_webhook = nullptr);

  EventLoop& event_loop() { return event_loop_; }

  // What may be decoded, and for how many bytes of messages there is room. The
  // budget: any thread.
  size_t max_request_bytes() const { return max_request_bytes_; }
  ByteBudget& message_budget() { return message_budget_; }

  // For what takes too long for the loop.
  WorkerPool& workers() { return workers_; }
  PredictionEncoder& encoder() { return encoder_; }
  CredentialPolicy credential_policy() const { return credentials_; }

  // With what the upstream is called for `caller`. UNAUTHENTICATED: see
  // ChooseCredential().
  absl::StatusOr<CallContext> ContextFor(const Caller& caller);

  // UNAVAILABLE with a jittered RetryInfo while draining: a new wait would only
  // have to move at once.
  absl::Status CheckServing();

  // A place for one wait, to be held until its stream is gone. As above, and
  // RESOURCE_EXHAUSTED (TOO_MANY_WAITS, RetryInfo) where --max_waits leaves the
  // credential none.
  absl::StatusOr<DynamicThresholdLimiter::Slot> AdmitWait(
      const Credential& credential);

  // `options` with the end that --max_wait sets, or before it the one that lets
  // the stream end by itself where gRPC would cut off its connection.
  WatchOptions Bounded(WatchOptions options);

  // No new waits; those under way end UNAVAILABLE, each with a RetryInfo of its
  // own, so that they do not all arrive at the next replica at once. Other
  // calls may go on until `end_at`; then they end so, too, and a create that
  // may have reached the upstream CREATE_OUTCOME_UNKNOWN: gRPC would cut it off
  // without a word, which invites to pay for it again.
  void BeginDrain(absl::Time end_at);

  // What is known of a prediction that has ended, which costs no read; or null.
  SnapshotPtr Ended(const CallContext& context, const std::string& id) {
    return watches_.Ended(*context.credential, id);
  }

  using GetDone = absl::AnyInvocable<void(absl::StatusOr<SnapshotPtr>)>;

  // As PredictionClient::Get().
  CallHandle Get(CallContext context, std::string id, GetDone done);

  // Creates once per `request_id`; empty: creates.
  CallHandle Create(CallContext context, const std::string& request_id,
                    CreateParams params, PredictionClient::PredictionDone done);

  CallHandle List(CallContext context, ListParams params,
                  PredictionClient::PageDone done);

  // A webhook that was verified.
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

  const CredentialPolicy credentials_;
  const size_t max_request_bytes_;
  ByteBudget message_budget_;
  const absl::Duration max_wait_;
  const absl::Duration max_stream_age_;
  EventLoop& event_loop_;
  const std::shared_ptr<const GatewayCredential> own_;
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
  TimerHandle end_calls_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ENGINE_ENGINE_H_
