#ifndef WRIFTAI_UPSTREAM_WATCH_WATCH_REGISTRY_H_
#define WRIFTAI_UPSTREAM_WATCH_WATCH_REGISTRY_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/event_loop.h"
#include "base/idle_evictor.h"
#include "base/random.h"
#include "upstream/budget/budget_registry.h"
#include "upstream/prediction_calls.h"
#include "upstream/watch/credential_watches.h"
#include "upstream/watch/demand_observer.h"
#include "upstream/watch/observation.h"
#include "upstream/watch/poll_trace.h"
#include "upstream/watch/prediction_observer.h"
#include "upstream/watch/recent_creates.h"
#include "upstream/watch/rejected_token_cache.h"
#include "upstream/watch/snapshot_cache.h"
#include "upstream/watch/watch_stats.h"
#include "upstream/watch/watch_table.h"
#include "upstream/webhook/webhook_feed.h"

namespace wriftai {

class WatchRegistry;

// Keeps one observer subscribed to a watch. Destroying it unsubscribes: the
// observer gets no further calls. It may be destroyed inside the observer's own
// methods.
//
// Threads: loop. The registry must outlive it.
class Subscription {
 public:
  ~Subscription();
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

 private:
  friend class WatchRegistry;

  Subscription(WatchRegistry& registry, std::string credential_key,
               std::string id, uint64_t waiter)
      : registry_(registry),
        credential_key_(std::move(credential_key)),
        id_(std::move(id)),
        waiter_(waiter) {}

  WatchRegistry& registry_;
  const std::string credential_key_;
  const std::string id_;
  const uint64_t waiter_;
};

// All watches, one per credential and prediction with waiters, and a cache of
// the last known state of other predictions. Predictions are private to a user,
// so credentials never share a watch, even for the same id.
//
// Threads: loop. The event loop, reader, budgets and random must outlive it; it
// must outlive its subscriptions. Fails: through the observers.
class WatchRegistry : private WebhookFeed::Listener {
 public:
  // How long a credential's run durations and page map outlive its last watch.
  static constexpr absl::Duration kEvictAfter = absl::Minutes(10);

  // The same while there are many credentials (IdleEvictor): as long as a
  // rejected token is remembered.
  static constexpr absl::Duration kEvictManyAfter = RejectedTokenCache::kTtl;

  struct Options {
    SnapshotCache::Options cache;
    WebhookFeed::Options webhooks;
    PagePolicy pages = PagePolicy::kByCost;
    // If false, polls only when an interval asks for it, as a baseline.
    bool spare_polls = true;
  };

  using PollFailed =
      std::function<void(const Credential&, const absl::Status&)>;

  WatchRegistry(const Options& options, EventLoop& event_loop,
                PredictionReader& reader, BudgetRegistry& budgets,
                Random& random);
  ~WatchRegistry() override;

  // `callback` runs for each poll whose failure is transient and ends no wait.
  void set_on_poll_failed(PollFailed callback) {
    on_poll_failed_ = std::move(callback);
  }

  // Reports the polls of all watches from now on. `trace` must outlive this or
  // the next call; may be null.
  void set_poll_trace(PollTrace* trace) { poll_trace_ = trace; }

  // Records the polls of credentials that are watched from now on. `spans` must
  // outlive this; may be null.
  void set_poll_spans(PollSpans* spans) { poll_spans_ = spans; }

  // Whose polls to suspend from the start. See CredentialWatches.
  using FindDemandObserver =
      std::function<DemandObserver*(const std::shared_ptr<const Credential>&)>;

  // `find` is asked once for each credential that is watched from now on. Null:
  // polls are sent here.
  void set_find_demand_observer(FindDemandObserver find) {
    find_demand_observer_ = std::move(find);
  }

  // As CredentialWatches, if the credential has watches.
  void SuspendPolls(const std::string& credential_key, DemandObserver& demand);
  void ResumePolls(const std::string& credential_key);
  bool IsWatched(const std::string& credential_key) const {
    return watches_.count(credential_key) > 0;
  }

  // Applies what the process that polls instead has shown its own waiters: it
  // has decided already what to believe. `observed`: by its wall clock.
  void ApplyRemote(const std::string& credential_key, v1::Prediction prediction,
                   v1::Source source, absl::Time observed);

  // When a watched prediction was created; InfinitePast if unknown.
  absl::Time CreationTimeOf(const std::string& credential_key,
                            const std::string& id);

  // Ends the waits for one prediction with the error of that process.
  void FailRemote(const std::string& credential_key, const std::string& id,
                  const absl::Status& status);

  // Watches the prediction `id` (a lowercase UUID) with `credential`.
  // `observer` must outlive the subscription. `known` is the first snapshot
  // unless a newer one is cached; may be null.
  [[nodiscard]] std::unique_ptr<Subscription> Subscribe(
      const std::shared_ptr<const Credential>& credential, std::string id,
      const WatchOptions& options, PredictionObserver& observer,
      SnapshotPtr known = nullptr);

  // A snapshot of a state that was observed just now.
  SnapshotPtr SnapshotOf(v1::Prediction prediction, v1::Source source) const;

  // Applies a state that the credential's own call returned: notifies waiters,
  // or caches it if there are none. A SOURCE_LIST state has no payloads and is
  // not cached.
  void Apply(const Credential& credential, const v1::Prediction& prediction,
             v1::Source source);

  // The same for the result of a Get. The cache shares `snapshot` with the
  // caller, since a copy would block the loop for 5 ms per MiB.
  void Apply(const Credential& credential, const SnapshotPtr& snapshot);

  // The credential created it with the gateway's own webhook, so it is polled
  // less often. Call after Apply().
  void MarkWebhookActive(const Credential& credential, const std::string& id);

  // Publishes a webhook event to every credential that is known to own the
  // prediction: notifies its waiters or caches the state.
  void PublishWebhook(v1::Prediction event) {
    webhooks_.Publish(std::move(event));
  }

  // The upstream rejected the token: evicts its cached states and ownerships.
  void OnTokenRejected(const Credential& credential);

  // The terminal snapshot of the prediction if it is cached; null otherwise.
  SnapshotPtr Ended(const Credential& credential, const std::string& id);

  // Ends every wait as PredictionWatch::Drain() does. `status` is called once
  // per wait.
  void DrainAll(const std::function<absl::Status()>& status);

  size_t credential_count() const { return watches_.size(); }
  size_t watch_count() const;
  size_t waiter_count() const;
  const WatchStats& stats() const { return stats_; }
  const WebhookFeed& webhooks() const { return webhooks_; }
  const SnapshotCache& cache() const { return cache_; }

  // Visits the watches of each credential; for metrics.
  void ForEach(
      const std::function<void(const CredentialWatches&)>& visit) const;

 private:
  friend class Subscription;

  // WebhookFeed::Listener
  void OnEvent(const std::string& credential_key,
               const v1::Prediction& event) override;
  void OnEventMissed() override;

  CredentialWatches& For(const std::shared_ptr<const Credential>& credential);
  CredentialWatches* Find(const std::string& credential_key);
  void Unsubscribe(const std::string& credential_key, const std::string& id,
                   uint64_t waiter);
  size_t EvictIdleSince(absl::Time before);
  void Apply(const std::string& credential_key, Observation::State state,
             v1::Source source);
  void ReplanAll();

  EventLoop& event_loop_;
  PredictionReader& reader_;
  BudgetRegistry& budgets_;
  Random& random_;
  const PagePolicy pages_;
  const bool spare_polls_;
  PollFailed on_poll_failed_;
  PollTrace* poll_trace_ = nullptr;
  PollSpans* poll_spans_ = nullptr;
  FindDemandObserver find_demand_observer_;  // May be empty.
  WatchStats stats_;
  SnapshotCache cache_;
  WebhookFeed webhooks_;
  RecentCreates recent_creates_;
  uint64_t next_waiter_ = 0;
  const WatchTable::Shared shared_;

  // By the credential's key.
  std::map<std::string, std::unique_ptr<CredentialWatches>> watches_;
  IdleEvictor evictor_;
  TimerHandle replan_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_WATCH_REGISTRY_H_
