#include "upstream/watch/watch_registry.h"

#include <cassert>
#include <iterator>
#include <utility>

#include "upstream/prediction_state.h"

namespace wriftai {

Subscription::~Subscription() {
  registry_.Unsubscribe(credential_key_, id_, waiter_);
}

WatchRegistry::WatchRegistry(const Options& options, EventLoop& event_loop,
                             PredictionReader& reader, BudgetRegistry& budgets,
                             Random& random)
    : event_loop_(event_loop),
      reader_(reader),
      budgets_(budgets),
      random_(random),
      pages_(options.pages),
      spare_polls_(options.spare_polls),
      cache_(options.cache, event_loop),
      webhooks_(options.webhooks, event_loop, *this),
      recent_creates_(event_loop),
      shared_{event_loop_, cache_,      webhooks_,   recent_creates_,
              stats_,      poll_trace_, next_waiter_},
      evictor_(kEvictAfter, kEvictManyAfter, event_loop,
               [this](absl::Time before) { return EvictIdleSince(before); }) {}

WatchRegistry::~WatchRegistry() = default;

CredentialWatches& WatchRegistry::For(
    const std::shared_ptr<const Credential>& credential) {
  std::unique_ptr<CredentialWatches>& watches = watches_[credential->key()];
  if (watches == nullptr) {
    watches = std::make_unique<CredentialWatches>(
        credential, shared_,
        PollLoop::Shared{event_loop_, reader_, budgets_, random_, stats_,
                         recent_creates_, on_poll_failed_, pages_, spare_polls_,
                         poll_spans_});
    if (find_demand_observer_) {
      DemandObserver* const demand = find_demand_observer_(credential);
      if (demand != nullptr) watches->SuspendPolls(*demand);
    }
  }
  evictor_.OnCount(watches_.size());
  return *watches;
}

CredentialWatches* WatchRegistry::Find(const std::string& credential_key) {
  const auto found = watches_.find(credential_key);
  return found == watches_.end() ? nullptr : found->second.get();
}

void WatchRegistry::SuspendPolls(const std::string& credential_key,
                                 DemandObserver& demand) {
  if (CredentialWatches* const watches = Find(credential_key)) {
    watches->SuspendPolls(demand);
  }
}

void WatchRegistry::ResumePolls(const std::string& credential_key) {
  if (CredentialWatches* const watches = Find(credential_key)) {
    watches->ResumePolls();
  }
}

void WatchRegistry::ApplyRemote(const std::string& credential_key,
                                v1::Prediction prediction, v1::Source source,
                                absl::Time observed) {
  assert(event_loop_.OnLoopThread());
  const absl::Time now = event_loop_.Now();
  if (CredentialWatches* const watches = Find(credential_key)) {
    watches->table().ApplyRemote(Observation(std::move(prediction), source,
                                             {now, observed}, {now, observed}));
  }
}

absl::Time WatchRegistry::CreationTimeOf(const std::string& credential_key,
                                         const std::string& id) {
  CredentialWatches* const watches = Find(credential_key);
  if (watches == nullptr) return absl::InfinitePast();
  const PollTarget* const target = watches->table().Find(id);
  return target == nullptr ? absl::InfinitePast() : target->created;
}

void WatchRegistry::FailRemote(const std::string& credential_key,
                               const std::string& id,
                               const absl::Status& status) {
  CredentialWatches* const watches = Find(credential_key);
  if (watches == nullptr) return;
  PollTarget* const target = watches->table().Find(id);
  if (target != nullptr) watches->table().Fail(*target, status);
}

std::unique_ptr<Subscription> WatchRegistry::Subscribe(
    const std::shared_ptr<const Credential>& credential, std::string id,
    const WatchOptions& options, PredictionObserver& observer,
    SnapshotPtr known) {
  assert(event_loop_.OnLoopThread());
  const uint64_t waiter =
      For(credential).Subscribe(id, options, observer, std::move(known));
  return std::unique_ptr<Subscription>(
      new Subscription(*this, credential->key(), std::move(id), waiter));
}

void WatchRegistry::Apply(const Credential& credential,
                          const v1::Prediction& prediction, v1::Source source) {
  Apply(credential.key(), &prediction, source);
}

void WatchRegistry::Apply(const Credential& credential,
                          const SnapshotPtr& snapshot) {
  Apply(credential.key(), snapshot, snapshot->source);
}

void WatchRegistry::OnEvent(const std::string& credential_key,
                            const v1::Prediction& event) {
  Apply(credential_key, &event, v1::SOURCE_WEBHOOK);
}

void WatchRegistry::Apply(const std::string& credential_key,
                          Observation::State state, v1::Source source) {
  assert(event_loop_.OnLoopThread());
  const Instant now = event_loop_.ThisInstant();
  Observation observation(std::move(state), source, now, now);
  const auto watches = watches_.find(credential_key);
  if (watches == watches_.end()) {
    WatchTable::ApplyUnwatched(shared_, credential_key, observation);
  } else {
    watches->second->Apply(std::move(observation));
  }
}

void WatchRegistry::MarkWebhookActive(const Credential& credential,
                                      const std::string& id) {
  webhooks_.MarkActive(credential.key(), id);
}

void WatchRegistry::OnEventMissed() {
  if (replan_ != nullptr) return;
  replan_ = event_loop_.RunAt(event_loop_.Now(), [this] { ReplanAll(); });
}

void WatchRegistry::ReplanAll() {
  replan_.reset();
  for (const auto& [key, watches] : watches_) {
    watches->table().OnIntervalsShortened();
  }
}

void WatchRegistry::OnTokenRejected(const Credential& credential) {
  cache_.Evict(credential.key());
  webhooks_.Evict(credential.key());
}

SnapshotPtr WatchRegistry::SnapshotOf(v1::Prediction prediction,
                                      v1::Source source) const {
  return MakeSnapshot(std::move(prediction), source, event_loop_.ThisInstant());
}

SnapshotPtr WatchRegistry::Ended(const Credential& credential,
                                 const std::string& id) {
  SnapshotPtr known = cache_.Find(credential.key(), id);
  return known != nullptr && IsTerminal(known->prediction) ? known : nullptr;
}

void WatchRegistry::DrainAll(const std::function<absl::Status()>& status) {
  for (const auto& [key, watches] : watches_) watches->table().DrainAll(status);
}

size_t WatchRegistry::watch_count() const {
  size_t count = 0;
  for (const auto& [key, watches] : watches_) {
    count += watches->table().targets().size();
  }
  return count;
}

size_t WatchRegistry::waiter_count() const {
  size_t count = 0;
  for (const auto& [key, watches] : watches_) {
    count += watches->table().waiter_count();
  }
  return count;
}

void WatchRegistry::ForEach(
    const std::function<void(const CredentialWatches&)>& visit) const {
  for (const auto& [key, watches] : watches_) visit(*watches);
}

void WatchRegistry::Unsubscribe(const std::string& credential_key,
                                const std::string& id, uint64_t waiter) {
  assert(event_loop_.OnLoopThread());
  const auto watches = watches_.find(credential_key);
  if (watches != watches_.end()) {
    watches->second->table().Unsubscribe(id, waiter);
  }
}

size_t WatchRegistry::EvictIdleSince(absl::Time before) {
  for (auto it = watches_.begin(); it != watches_.end();) {
    it = it->second->table().idle_since() <= before ? watches_.erase(it)
                                                    : std::next(it);
  }
  return watches_.size();
}

}  // namespace wriftai
