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
#include "upstream/prediction_client.h"
#include "upstream/watch/credential_watches.h"
#include "upstream/watch/prediction_observer.h"
#include "upstream/watch/recent_creates.h"
#include "upstream/watch/rejected_token_cache.h"
#include "upstream/watch/snapshot_cache.h"
#include "upstream/watch/watch_stats.h"
#include "upstream/watch/webhook_feed.h"

namespace wriftai {

class WatchRegistry;

// A waiter's place in a watch. Destroying it leaves: the observer then hears
// nothing more. It may be destroyed inside the observer's own calls.
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

// All watches: one for each prediction of each credential that somebody waits
// for, and what was last known of others. Predictions are per user, so two
// credentials never share one, whatever the id.
//
// Threads: loop. EventLoop, client, budgets and random must outlive it; it must
// outlive its subscriptions. Fails: through the observers.
class WatchRegistry {
 public:
  // What is known of a credential's models and pages is forgotten so long after
  // its last watch.
  static constexpr absl::Duration kForgetAfter = absl::Minutes(10);

  // The same where there are many (IdleEvictor): as long as a refused token is
  // answered without asking.
  static constexpr absl::Duration kForgetManyAfter =
      RejectedTokenCache::kBelievedFor;

  struct Options {
    SnapshotCache::Options cache;
    WebhookFeed::Options webhooks;
    PagePolicy pages = PagePolicy::kByCost;
  };

  using PollFailed =
      std::function<void(const Credential&, const absl::Status&)>;

  WatchRegistry(const Options& options, EventLoop& event_loop,
                PredictionClient& client, BudgetRegistry& budgets,
                Random& random);
  ~WatchRegistry();

  // Hears of polls that fail and end no wait, since the failure may pass.
  void set_on_poll_failed(PollFailed heard) {
    on_poll_failed_ = std::move(heard);
  }

  // Waits for the prediction `id` (a UUID in lower case) with `credential`.
  // `observer` must outlive the subscription. `known`: what is told first where
  // nothing newer is known; may be null.
  [[nodiscard]] std::unique_ptr<Subscription> Subscribe(
      const std::shared_ptr<const Credential>& credential, std::string id,
      const WatchOptions& options, PredictionObserver& observer,
      SnapshotPtr known = nullptr);

  // A snapshot of what was learnt just now.
  SnapshotPtr SnapshotOf(v1::Prediction prediction, v1::Source source) const;

  // The credential's own call has brought this: it is told to whoever waits,
  // and kept for who comes. With SOURCE_LIST it has no payloads, and is told
  // alone.
  void Apply(const Credential& credential, const v1::Prediction& prediction,
             v1::Source source);

  // The same for the result of a Get. The cache shares `snapshot` with the
  // caller: a copy takes the loop 5 ms for each MiB.
  void Apply(const Credential& credential, const SnapshotPtr& snapshot);

  // The credential has created it with the gateway's own webhook, after
  // Apply(): it is polled rarely.
  void MarkCovered(const Credential& credential, const std::string& id);

  // A webhook has brought this. It is told to the waiters, and kept for those
  // who come, of every credential whose own call has brought the prediction
  // before; where none has, for those whose call does so shortly after.
  void OnWebhook(v1::Prediction event);

  // The upstream has refused the token: what is known by it is forgotten.
  void Forget(const Credential& credential);

  // The prediction as it ended, if that is known; null otherwise.
  SnapshotPtr Ended(const Credential& credential, const std::string& id);

  // Ends every wait, each with what `status` gives for it, as
  // PredictionWatch::Drain().
  void DrainAll(const std::function<absl::Status()>& status);

  size_t credential_count() const { return watches_.size(); }
  size_t watch_count() const;
  size_t waiter_count() const;
  const WatchStats& stats() const { return stats_; }
  WebhookStats webhook_stats() const { return webhooks_.stats(); }
  const WebhookFeed& webhooks() const { return webhooks_; }
  const SnapshotCache& cache() const { return cache_; }

  // Visits what is watched, by credential; for metrics.
  void ForEach(
      const std::function<void(const CredentialWatches&)>& visit) const;

 private:
  friend class Subscription;

  CredentialWatches& For(const std::shared_ptr<const Credential>& credential);
  void Unsubscribe(const std::string& credential_key, const std::string& id,
                   uint64_t waiter);
  size_t ForgetIdleSince(absl::Time before);
  void Keep(const std::string& credential_key, const v1::Prediction& prediction,
            v1::Source source);
  // False where nobody waits for it.
  bool NotifyWaiters(const Credential& credential,
                     const v1::Prediction& prediction, v1::Source source);
  // The credential may see the prediction `id`, and so its webhooks.
  void RecordOwner(const Credential& credential, const std::string& id);
  void ApplyEvent(const std::string& credential_key,
                  const v1::Prediction& event);
  void ReplanAll();

  EventLoop& event_loop_;
  PredictionClient& client_;
  BudgetRegistry& budgets_;
  Random& random_;
  const PagePolicy pages_;
  PollFailed on_poll_failed_;
  WatchStats stats_;
  SnapshotCache cache_;
  WebhookFeed webhooks_;
  RecentCreates recent_creates_;

  // By the credential's key.
  std::map<std::string, std::unique_ptr<CredentialWatches>> watches_;
  IdleEvictor evictor_;
  TimerHandle replan_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_WATCH_REGISTRY_H_
