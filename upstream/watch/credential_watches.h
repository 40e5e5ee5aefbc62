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
#include "upstream/watch/webhook_feed.h"

namespace wriftai {

// All watches of one credential, and the polls that serve them: whenever the
// budget has a place for a poll, the planner says what to ask for, and what
// comes back goes to the watches.
//
// A poll that fails in passing (IsTransient) backs off its prediction, doubled
// from the interval up to kMaxPollDelay (PollFailures); so does a 404 shortly
// after the gateway's own create (RecentCreates). A failure that looks
// permanent ends the waits for its prediction at the fourth attempt; any other
// permanent one does so at once. When different predictions that worked fail in
// a row, the upstream is down: one probe at a time finds out when it is back
// (PollCircuitBreaker). A refusal of the token ends all watches with one
// request, and new ones for a while (RejectedTokenCache).
//
// Threads: loop. Owns: the watches, the polls under way, what is known of pages
// and models. What the context refers to and the observers
// must outlive it. Fails: through the observers.
class CredentialWatches : private PageFetcher::Observer {
 public:
  // What all share.
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

  // Polls under way: more than the published rate sends in a read's timeout
  // would only pile up before an upstream that does not answer.
  static constexpr size_t kMaxUnderWay = 64;

  CredentialWatches(std::shared_ptr<const Credential> credential,
                    const Context& context);
  ~CredentialWatches() override;

  // As WatchRegistry::Subscribe(), with the waiter's key for Unsubscribe().
  uint64_t Subscribe(const std::string& id, const WatchOptions& options,
                     PredictionObserver& observer, SnapshotPtr known);
  void Unsubscribe(const std::string& id, uint64_t waiter);

  // Something was learnt of a prediction by another way than a poll. False
  // where nobody waits for it.
  bool Apply(const v1::Prediction& prediction, v1::Source source);

  // A webhook brought it, and the credential may see it. False where nobody
  // waits for it.
  bool ApplyEvent(const v1::Prediction& event);

  // Polls may be due sooner than they were.
  void Replan() { Plan(); }

  // Ends every wait, each with what `status` gives for it, as
  // PredictionWatch::Drain().
  void DrainAll(const std::function<absl::Status()>& status);

  const std::shared_ptr<const Credential>& credential() const {
    return credential_;
  }
  const PollTargets& targets() const { return targets_; }
  size_t waiter_count() const;
  // The circuit breaker is open.
  bool upstream_is_down() const { return breaker_.is_open(); }
  // Pages were found to be wrong, and GETs take their place.
  bool list_is_distrusted() const {
    return planner_.trust().distrusted(context_.event_loop.Now());
  }
  // When the last watch went; InfiniteFuture while there are any.
  absl::Time idle_since() const { return idle_since_; }

 private:
  // PageFetcher::Observer
  void OnItem(PollTarget& target, const v1::Prediction& item,
              const Instant& asked, const Instant& learnt) override;
  void OnPage() override { OnUpstreamResponds(); }
  void OnListDistrusted() override;
  void OnPageFailed(const absl::Status& status,
                    PollCircuitBreaker::Standing standing,
                    absl::Time asked_at) override;
  void OnFetchEnded() override { Plan(); }

  void Plan();
  absl::Time PollDue(absl::Time now) const;
  absl::Time ProbeDue();
  PollTarget* NextProbe(bool* untried);
  DoubtfulGets Doubtful() const;
  void Claim();
  void OnPlace(Permit permit);
  void Probe(Permit permit);
  void Fetch(PageMap::Page& page, Permit permit);
  void Get(PollTarget& target, Permit permit);
  void OnGot(PollTarget& target, v1::Prediction got);
  void OnGetFailed(PollTarget& target, const absl::Status& status);
  void OnPollFailed(absl::string_view item,
                    PollCircuitBreaker::Standing standing,
                    const absl::Status& status, absl::Time asked_at,
                    absl::Duration interval);
  void OnUpstreamResponds();
  void OnTokenRefused(const absl::Status& status);
  void OnVerified(PollTarget& target, v1::Prediction prediction,
                  v1::Source source, const Instant& learnt);
  void CheckPageObservation(PollTarget& target, const v1::Prediction& got,
                            absl::Time asked_at, const Instant& learnt);
  void Apply(PollTarget& target, v1::Prediction prediction, v1::Source source,
             const Instant& learnt);
  void ForEachWatch(const std::function<void(PredictionWatch&)>& visit);
  CallContext PollContext(Permit permit) const;
  void RecordOwner(const std::string& id);
  void BeginWebhookBackoff(PollTarget& target);
  void CheckWebhookBackoff(PollTarget& target, const v1::Prediction& shown,
                           bool was_due);
  PollTarget* Find(const std::string& id);
  void Drop(PollTarget& target);
  void EraseLater();
  void EraseIdle();

  const std::shared_ptr<const Credential> credential_;
  const Context context_;
  const std::shared_ptr<CredentialBudget> budget_;

  ModelRunDurations run_durations_;
  PollPlanner planner_;
  PollTargets targets_;
  PollCircuitBreaker breaker_;
  PageFetcher pages_;
  std::set<PollTarget*> gets_;  // Those with a GET under way.

  CallHandle claim_;
  TimerHandle plan_;
  // Watches without waiters are erased by a task of their own, since the last
  // waiter may leave while its watch is telling it something.
  TimerHandle erase_;

  RejectedTokenCache refusal_;
  absl::Duration usual_spacing_;
  absl::Time idle_since_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_CREDENTIAL_WATCHES_H_
