#include "service/engine/engine.h"

#include <algorithm>
#include <utility>

#include "service/engine/credential_choice.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

// A request is held by gRPC, in the upstream request and in libcurl. A single
// caller gets four fifths of the budget.
constexpr size_t kRequestsInMemory = 4;

BudgetRegistry::MakeGuard MakeGuardOf(const ReplicaHooks* replicas) {
  if (replicas == nullptr) return nullptr;
  return [&ownership = replicas->ownership](const Credential& credential) {
    return ownership.MakeGuard(credential);
  };
}

}  // namespace

Engine::Engine(const EngineOptions& options,
               std::shared_ptr<const GatewayCredential> gateway_credential,
               EventLoop& event_loop, HttpTransport& transport,
               uint64_t random_seed,
               WebhookInjector::GatewayWebhook gateway_webhook,
               WatchRegistry::PollFailed on_poll_failed, PollTrace* poll_trace,
               const ReplicaHooks* replicas, PollSpans* poll_spans)
    : credentials_(options.credentials),
      max_request_bytes_(options.max_request_bytes),
      message_budget_(std::max(options.message_memory,
                               kRequestsInMemory * max_request_bytes_)),
      event_loop_(event_loop),
      gateway_credential_(std::move(gateway_credential)),
      workers_(event_loop),
      encoder_(workers_, message_budget_),
      random_(random_seed),
      admission_({options.max_waits, options.max_wait, options.stream_grace},
                 event_loop, random_),
      budgets_(options.rates, event_loop, MakeGuardOf(replicas)),
      client_(options.upstream, event_loop, transport, budgets_, random_,
              &workers_),
      webhook_injector_(client_, std::move(gateway_webhook), *this),
      recorded_creator_(replicas == nullptr
                            ? nullptr
                            : std::make_unique<RecordedCreator>(
                                  event_loop, budgets_, replicas->records,
                                  webhook_injector_, client_)),
      creates_(event_loop, webhook_injector_, client_, recorded_creator_.get()),
      own_calls_(client_, webhook_injector_, creates_),
      watches_({options.cache, options.webhooks, PagePolicy::kByCost,
                options.spare_polls},
               event_loop, client_, budgets_, random_),
      shared_(replicas == nullptr ? nullptr
                                  : std::make_unique<SharedCredentials>(
                                        event_loop, *replicas, own_calls_,
                                        budgets_, watches_)) {
  watches_.set_on_poll_failed(std::move(on_poll_failed));
  watches_.set_poll_trace(poll_trace);
  watches_.set_poll_spans(poll_spans);
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

CallHandle Engine::Get(CallContext context, std::string id, SnapshotDone done) {
  if (SnapshotPtr ended = watches_.Ended(*context.credential, id)) {
    done(std::move(ended));
    return nullptr;
  }
  const auto credential = context.credential;
  return calls().Get(std::move(context), std::move(id),
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

CallHandle Engine::List(CallContext context, ListParams params, PageDone done) {
  const auto credential = context.credential;
  return calls().List(std::move(context), std::move(params),
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

CallHandle Engine::Create(CallContext context, const std::string& request_id,
                          CreateParams params, SnapshotDone done) {
  auto on_created = [this, done = std::move(done)](
                        absl::StatusOr<v1::Prediction> created) mutable {
    if (!created.ok()) return done(created.status());
    done(watches_.SnapshotOf(*std::move(created), v1::SOURCE_CREATE));
  };
  return calls().Create(std::move(context), request_id, std::move(params),
                        std::move(on_created));
}

void Engine::OnCreated(const Credential& credential,
                       const v1::Prediction& created,
                       bool with_gateway_webhook) {
  watches_.Apply(credential, created, v1::SOURCE_CREATE);
  if (with_gateway_webhook) {
    watches_.MarkWebhookActive(credential, created.id());
  }
}

CallHandle Engine::Cancel(CallContext context, const std::string& id,
                          OwnerCalls::CancelDone done) {
  return calls().Cancel(std::move(context), id, std::move(done));
}

absl::StatusOr<std::unique_ptr<WaitHandle>> Engine::AcquireWait(
    const Credential& credential) {
  auto slot = admission_.Acquire(credential);
  if (!slot.ok()) return slot.status();
  if (shared_ != nullptr) {
    if (absl::Status used = shared_->Use(credential); !used.ok()) return used;
  }
  return std::unique_ptr<WaitHandle>(new WaitHandle(*std::move(slot)));
}

absl::StatusOr<std::unique_ptr<WaitHandle>> Engine::Wait(
    const CallContext& context, std::string id, const WatchOptions& options,
    PredictionObserver& observer) {
  auto acquired = AcquireWait(*context.credential);
  if (!acquired.ok()) return acquired;
  WaitHandle& wait = **acquired;
  if (shared_ != nullptr && context.forwarded) {
    wait.forwarded_ = shared_->ObserveForwarded(
        *context.credential, observer, [&wait] { wait.subscription_.reset(); });
  }
  wait.subscription_ = watches_.Subscribe(
      context.credential, std::move(id), admission_.Bounded(options),
      wait.forwarded_ == nullptr ? observer : *wait.forwarded_);
  return acquired;
}

absl::StatusOr<std::unique_ptr<WaitHandle>> Engine::CreateAndWait(
    CallContext context, const std::string& request_id, CreateParams params,
    const WatchOptions& options, CreateObserver& observer) {
  auto acquired = AcquireWait(*context.credential);
  if (!acquired.ok()) return acquired;
  WaitHandle& wait = **acquired;
  const auto credential = context.credential;
  wait.create_ =
      Create(std::move(context), request_id, std::move(params),
             [this, credential, options, &observer,
              &wait](absl::StatusOr<SnapshotPtr> created) {
               if (!created.ok()) {
                 return observer.OnError(
                     PrefixFields(kCreatePrefix, created.status()));
               }
               SubscribeTo(*created, credential, options, observer, wait);
             });
  return acquired;
}

// Continues a CreateAndWait with its wait.
void Engine::SubscribeTo(const SnapshotPtr& created,
                         const std::shared_ptr<const Credential>& credential,
                         const WatchOptions& options, CreateObserver& observer,
                         WaitHandle& wait) {
  const std::string id = created->prediction.id();
  observer.OnCreated(id);
  const absl::Status draining = admission_.CheckServing();
  if (draining.ok()) {
    wait.subscription_ = watches_.Subscribe(
        credential, id, admission_.Bounded(options), observer, created);
    wait.create_.reset();
    return;
  }
  // A paid prediction's id is returned even while draining.
  observer.OnSnapshot(created, absl::ZeroDuration());
  if (!wait.stopped_ && !IsTerminal(created->prediction)) {
    observer.OnError(draining);
  }
}

void Engine::PublishWebhook(v1::Prediction prediction) {
  client_.decode_stats().Add(prediction);
  watches_.PublishWebhook(std::move(prediction));
}

void Engine::BeginDrain(absl::Time end_at) {
  admission_.BeginDrain();
  const auto status = [this] { return admission_.DrainStatus(); };
  watches_.DrainAll(status);
  if (shared_ != nullptr) shared_->BeginDrain();
  end_calls_ = event_loop_.RunAt(end_at, [this, status] {
    client_.AbortAll(status);
    if (shared_ != nullptr) shared_->AbortAll(status);
  });
}

EngineNumbers Engine::Numbers() {
  EngineNumbers numbers;
  budgets_.ForEach([&](CredentialBudget& budget) {
    numbers.credentials.push_back(
        {std::string(budget.credential->display_name()), budget.reads.stats(),
         budget.creates.stats()});
  });
  numbers.upstream_healthy = client_.health().healthy();
  numbers.upstream_changed_at = client_.health().changed_at();
  numbers.upstream_failure = client_.health().last_failure();
  numbers.upstream = client_.stats();
  numbers.decoding = client_.decode_stats();
  numbers.watches = watches_.stats();
  numbers.watch_count = watches_.watch_count();
  numbers.waiter_count = watches_.waiter_count();
  watches_.ForEach([&](const CredentialWatches& credential) {
    if (credential.polls().upstream_is_down()) ++numbers.open_circuit_breakers;
    if (credential.table().list_is_distrusted()) ++numbers.distrusted_lists;
  });
  numbers.cache_bytes = watches_.cache().bytes();
  numbers.cache_size = watches_.cache().size();
  numbers.request_ids = creates_.kept_ids();
  numbers.request_id_bytes = creates_.kept_bytes();
  numbers.webhooks = {watches_.webhooks().stats(),
                      watches_.webhooks().max_poll_interval(),
                      watches_.webhooks().ownership_count()};
  return numbers;
}

}  // namespace wriftai
