#ifndef WRIFTAI_UPSTREAM_WATCH_WATCH_TABLE_H_
#define WRIFTAI_UPSTREAM_WATCH_WATCH_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/credential.h"
#include "base/event_loop.h"
#include "upstream/watch/demand_observer.h"
#include "upstream/watch/list_trust.h"
#include "upstream/watch/model_run_durations.h"
#include "upstream/watch/observation.h"
#include "upstream/watch/poll_queue.h"
#include "upstream/watch/poll_target.h"
#include "upstream/watch/poll_trace.h"
#include "upstream/watch/poll_tracer.h"
#include "upstream/watch/recent_creates.h"
#include "upstream/watch/rejected_token_cache.h"
#include "upstream/watch/snapshot_cache.h"
#include "upstream/watch/watch_stats.h"
#include "upstream/webhook/webhook_feed.h"

namespace wriftai {

// The watched predictions of one credential: their waiters, what is known of
// them, and how far to believe what shows it. Apply() is the one place that
// decides what follows from an observed state, whatever showed it.
//
// Threads: loop. Owns: the watches. The observers, and what `shared` refers to,
// must outlive it. Fails: through the observers.
class WatchTable {
 public:
  // Shared by all credentials.
  struct Shared {
    EventLoop& event_loop;
    SnapshotCache& cache;
    WebhookFeed& webhooks;
    RecentCreates& recent_creates;
    WatchStats& stats;
    PollTrace* const& poll_trace;  // May be null.
    uint64_t& next_waiter;         // See PredictionWatch.
  };

  // `on_dirty` runs whenever polls may be due sooner or later than before.
  WatchTable(std::shared_ptr<const Credential> credential, const Shared& shared,
             std::function<void()> on_dirty);

  // As WatchRegistry::Subscribe(). `contended`: polls cannot keep up with the
  // waiters' intervals. Returns the waiter's key for Unsubscribe().
  uint64_t Subscribe(const std::string& id, const WatchOptions& options,
                     PredictionObserver& observer, SnapshotPtr known,
                     bool contended);
  void Unsubscribe(const std::string& id, uint64_t waiter);

  // Notifies the waiters of the prediction, or caches its state if it has none;
  // records that the credential may see it; and adapts polls to it. Returns
  // whether it has waiters.
  bool Apply(Observation observation);

  // The same for a state that another process has polled and believes.
  void ApplyRemote(Observation observation);

  // As Apply() for a credential without a table, and so without waiters.
  static void ApplyUnwatched(const Shared& shared,
                             const std::string& credential_key,
                             const Observation& observation);

  // Ends the waits for one prediction with an error.
  void Fail(PollTarget& target, const absl::Status& status);

  // The upstream rejected the token with `status`: ends all waits, and drops
  // all that is known.
  void RejectToken(const absl::Status& status);

  // Ends every wait as PredictionWatch::Drain() does. `status` is called once
  // per wait.
  void DrainAll(const std::function<absl::Status()>& status);

  // Discards what pages showed, since the list was found to be wrong.
  void DropPageObservations();

  // Reports to `demand`, which must outlive this, first what is watched now,
  // then each change. Null: to nobody.
  void ObserveDemand(DemandObserver* demand);

  void MarkDirty() { on_dirty_(); }

  // The poll intervals of many targets are shorter than before.
  void OnIntervalsShortened();

  PollTarget* Find(const std::string& id);
  PollTargets& targets() { return targets_; }
  const PollTargets& targets() const { return targets_; }
  PollQueue& polls() { return polls_; }
  size_t waiter_count() const;

  const std::shared_ptr<const Credential>& credential() const {
    return credential_;
  }
  const ModelRunDurations& run_durations() const { return run_durations_; }
  ListTrust& list_trust() { return list_trust_; }
  PollTracer& tracer() { return tracer_; }
  // Whether pages were found to be wrong, so GETs are used instead.
  bool list_is_distrusted() const {
    return list_trust_.distrusted(shared_.event_loop.Now());
  }
  // When the last watch was erased; InfiniteFuture while there are any.
  absl::Time idle_since() const { return idle_since_; }

 private:
  static void RecordAccess(const Shared& shared,
                           const std::string& credential_key,
                           const std::string& id, v1::Source source);
  void ApplyEvent(PollTarget& target, Observation event);
  void ApplyPageItem(PollTarget& target, const Observation& observation);
  void ApplyVerified(PollTarget& target, Observation observation);
  void CheckPageObservation(PollTarget& target, const Observation& verified);
  void CheckMissedEvent(PollTarget& target, const v1::Prediction& shown,
                        bool was_due);
  void SetState(PollTarget& target, Observation observation);
  void RecordSpacing(PollTarget& target, absl::Time now);
  void OnEnded(PollTarget& target, const Instant& observed);
  void EndAll(const std::function<void(PredictionWatch&)>& end);
  void OnChanged(PollTarget& target);
  void ReportDemand(PollTarget& target);
  void ScheduleErase(const std::string& id);
  void EraseIdle();

  const std::shared_ptr<const Credential> credential_;
  const Shared shared_;
  const std::function<void()> on_dirty_;
  DemandObserver* demand_ = nullptr;

  PollTracer tracer_;
  PollTargets targets_;
  ModelRunDurations run_durations_;
  PollQueue polls_{targets_, run_durations_};
  ListTrust list_trust_;
  RejectedTokenCache rejected_token_;
  absl::Duration average_spacing_;
  absl::Time idle_since_;
  // Erases watches without waiters in a separate task, since the last waiter
  // may unsubscribe while its watch is notifying it. Looks only at the watches
  // that may be idle, since there may be many others.
  TimerHandle erase_;
  std::vector<std::string> may_be_idle_;  // By id; may repeat.
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_WATCH_TABLE_H_
