#ifndef WRIFTAI_UPSTREAM_WATCH_CREDENTIAL_WATCHES_H_
#define WRIFTAI_UPSTREAM_WATCH_CREDENTIAL_WATCHES_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/event_loop.h"
#include "base/random.h"
#include "upstream/budget/budget_registry.h"
#include "upstream/prediction_client.h"
#include "upstream/watch/model_run_durations.h"
#include "upstream/watch/page_fetcher.h"
#include "upstream/watch/poll_circuit_breaker.h"
#include "upstream/watch/poll_planner.h"
#include "upstream/watch/poll_target.h"
#include "upstream/watch/recent_creates.h"
#include "upstream/watch/rejected_token_cache.h"
#include "upstream/watch/snapshot_cache.h"
#include "upstream/watch/watch_stats.h"
#include "upstream/webhook/webhook_feed.h"

namespace wriftai {

// All watches of one credential, and the polls for them. Whenever the budget
// grants a permit, the planner chooses the next request, and its result is
// applied to the watches.
//
// A transient poll failure (IsTransient) backs off its prediction, doubling
// from the interval up to kMaxPollDelay (PollFailures). So does a 404 shortly
// after the gateway's own create (RecentCreates). A failure that looks
// permanent ends the waits for its prediction at the fourth attempt; any other
// permanent failure does so at once. When different healthy predictions fail in
// a row, the upstream is considered down and is probed, one request at a time
// (PollCircuitBreaker). A rejected token ends all watches after one request,
// and fails new ones for a while (RejectedTokenCache).
//
// Threads: loop. Owns: the watches, the polls in flight, the page map and the
// run durations. The observers and everything the context refers to must
// outlive it. Fails: through the observers.
class CredentialWatches : private PageFetcher::Observer {
 public:
  // Shared by all credentials.
  struct Context {
    EventLoop& event_loop;
    PredictionClient& client;
    BudgetRegistry& budgets;
    SnapshotCache& cache;
    Random& random;
    WatchStats& stats;
    WebhookFeed& webhooks;
    RecentCreates& recent_creates;
    // May be empty.
    const std::function<void(const Credential&, const absl::Status&)>&
        on_poll_failed;
    PagePolicy pages = PagePolicy::kByCost;
  };

  // Maximum number of polls in flight. More than the published rate sends
  // within a read timeout would only pile up at an unresponsive upstream.
  static constexpr size_t kMaxInFlight = 64;

  CredentialWatches(std::shared_ptr<const Credential> credential,
                    const Context& context);
  ~CredentialWatches() override;

  // As WatchRegistry::Subscribe(). Returns the waiter's key for Unsubscribe().
  uint64_t Subscribe(const std::string& id, const WatchOptions& options,
                     PredictionObserver& observer, SnapshotPtr known);
  void Unsubscribe(const std::string& id, uint64_t waiter);

  // Applies a state that did not come from a poll. Returns false if the
  // prediction has no waiters.
  bool Apply(const v1::Prediction& prediction, v1::Source source);

  // Applies a webhook event. Returns false if the prediction has no waiters.
  bool ApplyEvent(const v1::Prediction& event);

  // Plans again, since polls may be due sooner than before.
  void Replan() { Plan(); }

  // Ends every wait as PredictionWatch::Drain() does. `status` is called once
  // per wait.
  void DrainAll(const std::function<absl::Status()>& status);

  const std::shared_ptr<const Credential>& credential() const {
    return credential_;
  }
  const PollTargets& targets() const { return targets_; }
  size_t waiter_count() const;
  // Whether the circuit breaker is open.
  bool upstream_is_down() const { return breaker_.is_open(); }
  // Whether pages were found to be wrong, so GETs are used instead.
  bool list_is_distrusted() const {
    return planner_.trust().distrusted(context_.event_loop.Now());
  }
  // When the last watch was erased; InfiniteFuture while there are any.
  absl::Time idle_since() const { return idle_since_; }

 private:
  // PageFetcher::Observer
  void OnPageItem(PollTarget& target, const v1::Prediction& item,
                  const Instant& requested, const Instant& observed) override;
  void OnPage() override { OnUpstreamResponse(); }
  void OnListDistrusted() override;
  void OnPageFailed(const absl::Status& status,
                    PollCircuitBreaker::Standing standing,
                    absl::Time requested_at) override;
  void OnFetchEnded() override { Plan(); }

  void Plan();
  absl::Time PollDue(absl::Time now) const;
  absl::Time ProbeDue();
  PollTarget* NextProbe(bool* untried);
  UnreliableGets CountUnreliableGets() const;
  void AcquirePermit();
  void OnPermit(Permit permit);
  void Probe(Permit permit);
  void Fetch(PageMap::Page& page, Permit permit);
  void Get(PollTarget& target, Permit permit);
  void OnGot(PollTarget& target, v1::Prediction got);
  void OnGetFailed(PollTarget& target, const absl::Status& status);
  void OnPollFailed(absl::string_view item,
                    PollCircuitBreaker::Standing standing,
                    const absl::Status& status, absl::Time requested_at,
                    absl::Duration interval);
  void OnUpstreamResponse();
  void OnTokenRejected(const absl::Status& status);
  void OnVerified(PollTarget& target, v1::Prediction prediction,
                  v1::Source source, const Instant& observed);
  void CheckPageObservation(PollTarget& target, const v1::Prediction& got,
                            absl::Time requested_at, const Instant& observed);
  void Apply(PollTarget& target, v1::Prediction prediction, v1::Source source,
             const Instant& observed);
  void ForEachWatch(const std::function<void(PredictionWatch&)>& visit);
  CallContext PollContext(Permit permit) const;
  void CheckWebhookBackoff(PollTarget& target, const v1::Prediction& shown,
                           bool was_due);
  PollTarget* Find(const std::string& id);
  void CancelGet(PollTarget& target);
  void ScheduleErase();
  void EraseIdle();

  const std::shared_ptr<const Credential> credential_;
  const Context context_;
  const std::shared_ptr<CredentialBudget> budget_;

  ModelRunDurations run_durations_;
  PollPlanner planner_;
  PollTargets targets_;
  PollCircuitBreaker breaker_;
  PageFetcher pages_;
  std::set<PollTarget*> gets_;  // Targets with a GET in flight.

  CallHandle acquire_;
  TimerHandle plan_;
  // Erases watches without waiters in a separate task, since the last waiter
  // may unsubscribe while its watch is notifying it.
  TimerHandle erase_;

  RejectedTokenCache rejected_token_;
  absl::Duration average_spacing_;
  absl::Time idle_since_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_CREDENTIAL_WATCHES_H_
