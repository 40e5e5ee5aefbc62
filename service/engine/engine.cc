#include "service/engine/engine.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "service/engine/credential_choice.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

// Drained waits retry within this time, spread evenly: 10,000 waits cause 2,000
// calls per second at the other replicas.
constexpr absl::Duration kDrainSpread = absl::Seconds(5);

// A credential may have this many times as many waits as are still free: four
// fifths of all if it is alone.
constexpr size_t kWaitShare = 4;

// A request is held by gRPC, in the upstream request and in libcurl. A single
// caller gets four fifths of the budget.
constexpr size_t kRequestsInMemory = 4;

// The shortest retry delay for a wait that was rejected.
constexpr absl::Duration kMinWaitDelay = absl::Seconds(1);

// gRPC starts no streams on a connection that has reached its maximum age, so
// each stream has at least the grace before its connection is closed. The
// stream ends itself earlier, with a status. The rest of the grace is for the
// create before the wait. Streams that started together end spread out.
constexpr double kGraceFraction = 0.9;
constexpr double kStreamAgeSpread = 0.1;

absl::Duration MaxStreamAge(const ServerConfig& server) {
  return server.max_connection_age == absl::ZeroDuration()
             ? absl::InfiniteDuration()
             : server.max_connection_age_grace * kGraceFraction;
}

}  // namespace

Engine::Engine(const Config& config,
               std::shared_ptr<const GatewayCredential> gateway_credential,
               EventLoop& event_loop, HttpTransport& transport,
               uint64_t random_seed,
               WebhookInjector::GatewayWebhook gateway_webhook)
    : credentials_(config.credentials),
      max_request_bytes_(static_cast<size_t>(config.server.max_request_bytes)),
      message_budget_(std::max(static_cast<size_t>(config.message_memory),
                               kRequestsInMemory * max_request_bytes_)),
      max_wait_(config.max_wait),
      max_stream_age_(MaxStreamAge(config.server)),
      event_loop_(event_loop),
      gateway_credential_(std::move(gateway_credential)),
      workers_(event_loop),
      encoder_(workers_, message_budget_),
      random_(random_seed),
      budgets_(config.rates, event_loop),
      client_(config.upstream, event_loop, transport, budgets_, random_,
              &workers_),
      webhook_injector_(
          client_, std::move(gateway_webhook),
          [this](const Credential& credential, const v1::Prediction& created,
                 bool with_gateway_webhook) {
            watches_.Apply(credential, created, v1::SOURCE_CREATE);
            if (with_gateway_webhook) {
              watches_.MarkWebhookActive(credential, created.id());
            }
          }),
      creates_(event_loop, webhook_injector_),
      watches_({config.cache, config.webhooks.feed, PagePolicy::kByCost},
               event_loop, client_, budgets_, random_),
      waits_(static_cast<size_t>(config.max_waits), kWaitShare) {
  if (gateway_credential_ != nullptr && gateway_credential_->from_file()) {
    // The destructor runs on the loop, and so after this.
    event_loop_.Post([this] { WatchTokenFile(); });
  }
}

// An idle gateway reads the token file, too. The log then shows a broken
// rotation before the first call fails on it.
void Engine::WatchTokenFile() {
  gateway_credential_->token();
  token_timer_ =
      event_loop_.RunAt(event_loop_.Now() + WatchedFile::kReadInterval,
                        [this] { WatchTokenFile(); });
}

absl::StatusOr<CallContext> Engine::ContextFor(const Caller& caller) {
  auto credential =
      ChooseCredential(credentials_, caller.credential, gateway_credential_);
  if (!credential.ok()) return credential.status();
  CallContext context;
  context.credential = *std::move(credential);
  context.deadline = caller.deadline;
  return context;
}

absl::Status Engine::CheckServing() {
  return draining_ ? Draining() : absl::OkStatus();
}

absl::StatusOr<DynamicThresholdLimiter::Slot> Engine::AcquireWaitSlot(
    const Credential& credential) {
  if (absl::Status status = CheckServing(); !status.ok()) return status;
  if (auto slot = waits_.TryAcquire(credential.key())) return *std::move(slot);
  absl::Status status = GatewayError(
      absl::StatusCode::kResourceExhausted, v1::TOO_MANY_WAITS,
      absl::StrCat("too many concurrent waits for this token (",
                   waits_.held_by(credential.key()), "); retry later"));
  SetRetryDelay(kMinWaitDelay + kDrainSpread * random_.Uniform(), status);
  return status;
}

WatchOptions Engine::Bounded(WatchOptions options) {
  options.end_at = event_loop_.Now() + max_wait_;
  const absl::Time stream_end =
      event_loop_.Now() +
      max_stream_age_ * (1 - kStreamAgeSpread * random_.Uniform());
  if (stream_end < options.end_at) {
    options.end_at = stream_end;
    options.stream_age_limited = true;
  }
  return options;
}

void Engine::BeginDrain(absl::Time end_at) {
  draining_ = true;
  watches_.DrainAll([this] { return Draining(); });
  end_calls_ = event_loop_.RunAt(
      end_at, [this] { client_.AbortAll([this] { return Draining(); }); });
}

CallHandle Engine::Get(CallContext context, std::string id, GetDone done) {
  const auto credential = context.credential;
  return client_.Get(std::move(context), std::move(id),
                     [this, credential, done = std::move(done)](
                         absl::StatusOr<v1::Prediction> prediction) mutable {
                       if (!prediction.ok()) {
                         if (absl::IsUnauthenticated(prediction.status())) {
                           watches_.OnTokenRejected(*credential);
                         }
                         return done(prediction.status());
                       }
                       SnapshotPtr snapshot = watches_.SnapshotOf(
                           *std::move(prediction), v1::SOURCE_GET);
                       watches_.Apply(*credential, snapshot);
                       done(std::move(snapshot));
                     });
}

CallHandle Engine::Create(CallContext context, const std::string& request_id,
                          CreateParams params,
                          PredictionClient::PredictionDone done) {
  if (request_id.empty()) {
    return webhook_injector_.Create(std::move(context), std::move(params),
                                    std::move(done));
  }
  return creates_.Create(std::move(context), request_id, std::move(params),
                         std::move(done));
}

CallHandle Engine::List(CallContext context, ListParams params,
                        PredictionClient::PageDone done) {
  const auto credential = context.credential;
  return client_.List(std::move(context), std::move(params),
                      [this, credential, done = std::move(done)](
                          absl::StatusOr<PredictionPage> page) mutable {
                        if (page.ok()) {
                          for (const v1::Prediction& item : page->predictions) {
                            watches_.Apply(*credential, item, v1::SOURCE_LIST);
                          }
                        }
                        done(std::move(page));
                      });
}

absl::Status Engine::Draining() {
  absl::Status status = GatewayError(
      absl::StatusCode::kUnavailable, v1::DRAINING,
      "this gateway is shutting down; retry to reach another replica");
  SetRetryDelay(kDrainSpread * random_.Uniform(), status);
  return status;
}

}  // namespace wriftai
