#ifndef WRIFTAI_UPSTREAM_WATCH_WATCH_REGISTRY_H_
#define WRIFTAI_UPSTREAM_WATCH_WATCH_REGISTRY_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "upstream/core/random.h"
#include "upstream/core/scheduler.h"
#include "upstream/prediction_client.h"
#include "upstream/watch/prediction_observer.h"
#include "upstream/watch/prediction_watch.h"

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
  // The credential's key, the prediction's id.
  using WatchKey = std::pair<std::string, std::string>;

  Subscription(WatchRegistry& registry, WatchKey watch, uint64_t waiter)
      : registry_(registry), watch_(std::move(watch)), waiter_(waiter) {}

  WatchRegistry& registry_;
  const WatchKey watch_;
  const uint64_t waiter_;
};

// All watches: one for each prediction of each credential that somebody waits
// for. Predictions are per user, so two credentials never share one, whatever
// the id.
//
// Threads: loop. Scheduler, client and random must outlive it; it must outlive
// its subscriptions. Fails: through the observers.
class WatchRegistry {
 public:
  WatchRegistry(Scheduler& scheduler, PredictionClient& client, Random& random);
  ~WatchRegistry();

  // Waits for the prediction `id` (a UUID in lower case) with `credential`.
  // `observer` must outlive the subscription. `known`: what the caller has
  // just learnt of it (the answer to its create), told first.
  [[nodiscard]] std::unique_ptr<Subscription> Subscribe(
      std::shared_ptr<const Credential> credential, std::string id,
      const WatchOptions& options, PredictionObserver& observer,
      std::optional<v1::Prediction> known = std::nullopt);

  // Ends every wait, each with what `status` gives for it.
  void FailAll(const std::function<absl::Status()>& status);

  size_t watch_count() const { return watches_.size(); }
  size_t waiter_count() const;

 private:
  friend class Subscription;
  using WatchKey = Subscription::WatchKey;

  void Leave(const WatchKey& key, uint64_t waiter);
  void EraseIdle();

  Scheduler& scheduler_;
  PredictionClient& client_;
  Random& random_;

  std::map<WatchKey, std::unique_ptr<PredictionWatch>> watches_;
  // Watches whose last waiter has left. They are erased by a task of their
  // own, since the last one may leave while its watch is telling it something.
  std::set<WatchKey> idle_;
  TimerHandle erase_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_WATCH_REGISTRY_H_
