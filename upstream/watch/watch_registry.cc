#include "upstream/watch/watch_registry.h"

#include <cassert>
#include <iterator>
#include <utility>

namespace wriftai {

Subscription::~Subscription() {
  registry_.Leave(credential_key_, id_, waiter_);
}

WatchRegistry::WatchRegistry(const Options& options, Scheduler& scheduler,
                             PredictionClient& client, BudgetRegistry& budgets,
                             Random& random)
    : scheduler_(scheduler),
      client_(client),
      budgets_(budgets),
      random_(random),
      pages_(options.pages),
      cache_(options.cache, scheduler),
      webhooks_(options.webhooks, scheduler),
      recent_creates_(scheduler),
      sweep_(kForgetAfter, kForgetManyAfter, scheduler,
             [this](absl::Time before) { return ForgetIdleSince(before); }) {
  webhooks_.set_on_missed([this] {
    if (replan_ != nullptr) return;
    replan_ = scheduler_.PostAt(scheduler_.Now(), [this] { ReplanAll(); });
  });
}

WatchRegistry::~WatchRegistry() = default;

CredentialWatches& WatchRegistry::For(
    const std::shared_ptr<const Credential>& credential) {
  std::unique_ptr<CredentialWatches>& watches = watches_[credential->key()];
  if (watches == nullptr) {
    watches = std::make_unique<CredentialWatches>(
        credential, CredentialWatches::Context{
                        scheduler_, client_, budgets_, cache_, random_, stats_,
                        webhooks_, recent_creates_, on_poll_failed_, pages_});
  }
  sweep_.OnCount(watches_.size());
  return *watches;
}

std::unique_ptr<Subscription> WatchRegistry::Subscribe(
    const std::shared_ptr<const Credential>& credential, std::string id,
    const WatchOptions& options, PredictionObserver& observer,
    SnapshotPtr known) {
  assert(scheduler_.OnLoopThread());
  const uint64_t waiter =
      For(credential).Join(id, options, observer, std::move(known));
  return std::unique_ptr<Subscription>(
      new Subscription(*this, credential->key(), std::move(id), waiter));
}

void WatchRegistry::Learn(const Credential& credential,
                          const v1::Prediction& prediction, v1::Source source) {
  assert(scheduler_.OnLoopThread());
  if (source == v1::SOURCE_CREATE) {
    recent_creates_.Record(credential.key(), prediction.id());
  }
  if (!NotifyWaiters(credential, prediction, source) &&
      source != v1::SOURCE_LIST) {
    Keep(credential.key(), prediction, source);
  }
  // Webhooks have nothing more to say of one that has ended, and pages show
  // many of them.
  if (source == v1::SOURCE_LIST && IsTerminal(prediction)) return;
  RecordOwner(credential, prediction.id());
}

void WatchRegistry::Learn(const Credential& credential,
                          const SnapshotPtr& snapshot) {
  assert(scheduler_.OnLoopThread());
  const v1::Prediction& prediction = snapshot->prediction;
  if (!NotifyWaiters(credential, prediction, snapshot->source)) {
    cache_.Put(credential.key(), snapshot);
  }
  RecordOwner(credential, prediction.id());
}

bool WatchRegistry::NotifyWaiters(const Credential& credential,
                                  const v1::Prediction& prediction,
                                  v1::Source source) {
  const auto watches = watches_.find(credential.key());
  return watches != watches_.end() &&
         watches->second->Learn(prediction, source);
}

void WatchRegistry::RecordOwner(const Credential& credential,
                                const std::string& id) {
  const auto event = webhooks_.Prove(credential.key(), id);
  if (event != nullptr) LearnEvent(credential.key(), *event);
}

void WatchRegistry::Cover(const Credential& credential, const std::string& id) {
  webhooks_.Cover(credential.key(), id);
}

void WatchRegistry::OnWebhook(v1::Prediction event) {
  assert(scheduler_.OnLoopThread());
  const auto shared = std::make_shared<const v1::Prediction>(std::move(event));
  for (const std::string& owner : webhooks_.Take(shared)) {
    LearnEvent(owner, *shared);
  }
}

void WatchRegistry::LearnEvent(const std::string& credential_key,
                               const v1::Prediction& event) {
  const auto watches = watches_.find(credential_key);
  if (watches != watches_.end() && watches->second->LearnEvent(event)) return;
  const SnapshotPtr known = cache_.Find(credential_key, event.id());
  if (webhooks_.Judge(credential_key, known, event)) {
    Keep(credential_key, event, v1::SOURCE_WEBHOOK);
  }
}

// In the cache, if that takes it: a copy of 60 MB for nothing would hold the
// loop for 300 ms.
void WatchRegistry::Keep(const std::string& credential_key,
                         const v1::Prediction& prediction, v1::Source source) {
  if (!cache_.Takes(prediction)) return;
  cache_.Put(credential_key, SnapshotOf(prediction, source));
}

void WatchRegistry::ReplanAll() {
  replan_.reset();
  for (const auto& [key, watches] : watches_) watches->Replan();
}

void WatchRegistry::Forget(const Credential& credential) {
  cache_.Forget(credential.key());
  webhooks_.Forget(credential.key());
}

SnapshotPtr WatchRegistry::SnapshotOf(v1::Prediction prediction,
                                      v1::Source source) const {
  const Instant learnt = scheduler_.ThisInstant();
  return std::make_shared<const Snapshot>(
      Snapshot{std::move(prediction), source, learnt.wall, learnt.now, 1, {}});
}

SnapshotPtr WatchRegistry::Ended(const Credential& credential,
                                 const std::string& id) {
  SnapshotPtr known = cache_.Find(credential.key(), id);
  return known != nullptr && IsTerminal(known->prediction) ? known : nullptr;
}

void WatchRegistry::DismissAll(const std::function<absl::Status()>& status) {
  for (const auto& [key, watches] : watches_) watches->DismissAll(status);
}

size_t WatchRegistry::watch_count() const {
  size_t count = 0;
  for (const auto& [key, watches] : watches_) {
    count += watches->targets().size();
  }
  return count;
}

size_t WatchRegistry::waiter_count() const {
  size_t count = 0;
  for (const auto& [key, watches] : watches_) count += watches->waiter_count();
  return count;
}

void WatchRegistry::ForEach(
    const std::function<void(const CredentialWatches&)>& visit) const {
  for (const auto& [key, watches] : watches_) visit(*watches);
}

void WatchRegistry::Leave(const std::string& credential_key,
                          const std::string& id, uint64_t waiter) {
  assert(scheduler_.OnLoopThread());
  const auto watches = watches_.find(credential_key);
  if (watches != watches_.end()) watches->second->Leave(id, waiter);
}

size_t WatchRegistry::ForgetIdleSince(absl::Time before) {
  for (auto it = watches_.begin(); it != watches_.end();) {
    it =
        it->second->idle_since() <= before ? watches_.erase(it) : std::next(it);
  }
  return watches_.size();
}

}  // namespace wriftai
