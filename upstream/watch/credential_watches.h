#ifndef WRIFTAI_UPSTREAM_WATCH_CREDENTIAL_WATCHES_H_
#define WRIFTAI_UPSTREAM_WATCH_CREDENTIAL_WATCHES_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "upstream/budget/budget_registry.h"
#include "upstream/core/random.h"
#include "upstream/core/scheduler.h"
#include "upstream/prediction_client.h"
#include "upstream/watch/model_history.h"
#include "upstream/watch/outage.h"
#include "upstream/watch/poll_planner.h"
#include "upstream/watch/poll_target.h"
#include "upstream/watch/snapshot_cache.h"
#include "upstream/watch/token_refusal.h"
#include "upstream/watch/watch_stats.h"
#include "upstream/watch/webhook_feed.h"

namespace wriftai {

// All watches of one credential, and the polls that serve them: whenever the
// budget has a place for a poll, the planner says what to ask for, and what
// comes back goes to the watches.
//
// A poll that fails in passing (MayPass) puts its prediction off, doubled from
// the interval up to kLongestPollDelay; when several fail in a row without a
// success in between (Outage), all polls wait, so that one question at a time
// finds out when the upstream is back. A refusal of the token ends all watches
// with one request, and new ones for a while (TokenRefusal); any other
// permanent failure ends the one that it is about.
//
// Threads: loop. Owns: the watches, the polls under way, what is known of pages
// and models. What the context refers to and the observers
// must outlive it. Fails: through the observers.
class CredentialWatches {
 public:
  // What all share.
  struct Context {
    Scheduler& scheduler;
    PredictionClient& client;
    BudgetRegistry& budgets;
    SnapshotCache& cache;
    Random& random;
    WatchStats& stats;
    WebhookFeed& webhooks;
    // May be empty.
    const std::function<void(const Credential&, const absl::Status&)>&
        on_poll_failed;
    PagePolicy pages = PagePolicy::kByCost;
  };

  // Polls under way: more than the published rate sends in a read's timeout
  // would only pile up before an upstream that does not answer.
  static constexpr size_t kMostUnderWay = 64;

  CredentialWatches(std::shared_ptr<const Credential> credential,
                    const Context& context);
  ~CredentialWatches();

  // As WatchRegistry::Subscribe(), with the waiter's key for Leave().
  uint64_t Join(const std::string& id, const WatchOptions& options,
                PredictionObserver& observer, SnapshotPtr known);
  void Leave(const std::string& id, uint64_t waiter);

  // Something was learnt of a prediction by another way than a poll. False
  // where nobody waits for it.
  bool Learn(const v1::Prediction& prediction, v1::Source source);

  // A webhook brought it, and the credential may see it. False where nobody
  // waits for it.
  bool LearnEvent(const v1::Prediction& event);

  // Polls may be due sooner than they were.
  void Replan() { Plan(); }

  // Ends every wait, each with what `status` gives for it, as
  // PredictionWatch::Dismiss().
  void DismissAll(const std::function<absl::Status()>& status);

  const std::shared_ptr<const Credential>& credential() const {
    return credential_;
  }
  const PollTargets& targets() const { return targets_; }
  size_t waiter_count() const;
  // Several polls in a row have failed, and none has been answered since.
  bool upstream_is_down() const { return outage_.is_on(); }
  // When the last watch went; InfiniteFuture while there are any.
  absl::Time idle_since() const { return idle_since_; }

 private:
  struct PageFetch {
    absl::Time newer;  // Its key in the map of pages.
    absl::Time asked_at;
    std::vector<std::string> expected;
    CallHandle call;
  };
  using PageFetches = std::list<PageFetch>;
  struct Seen {
    int all = 0;
    int ended = 0;  // Of them, those that nobody knew to have.
  };

  void Plan();
  void Claim();
  void OnPlace(Permit permit);
  void Get(PollTarget& target, Permit permit);
  void OnGot(PollTarget& target, absl::StatusOr<v1::Prediction> got);
  void Fetch(PageMap::Page& page, Permit permit);
  void OnFetched(PageFetches::iterator fetch,
                 absl::StatusOr<PredictionPage> fetched);
  Seen SeeOnPage(const PredictionPage& page, absl::Time asked_at);
  void SeeItem(PollTarget& target, const v1::Prediction& item,
               absl::Time asked_at, const Instant& learnt);
  void MissOnPage(const PageFetch& fetch, const PageMap::Page& page);
  void Observe(PollTarget& target, v1::Prediction prediction, v1::Source source,
               const Instant& learnt);
  void TellFailure(const absl::Status& status);
  void OnFailure(const absl::Status& status, absl::Duration interval);
  void ForEachWatch(const std::function<void(PredictionWatch&)>& visit);
  CallContext PollContext(Permit permit) const;
  void Prove(const std::string& id);
  void BeginCover(PollTarget& target);
  void CheckCover(PollTarget& target, const v1::Prediction& shown,
                  bool was_due);
  PollTarget* Find(const std::string& id);
  void Drop(PollTarget& target);
  void EraseLater();
  void EraseIdle();

  const std::shared_ptr<const Credential> credential_;
  const Context context_;
  const std::shared_ptr<CredentialBudget> budget_;

  ModelHistory history_;
  PollPlanner planner_;
  PollTargets targets_;
  PageFetches fetches_;
  size_t under_way_ = 0;

  CallHandle claim_;
  TimerHandle plan_;
  // Watches without waiters are erased by a task of their own, since the last
  // waiter may leave while its watch is telling it something.
  TimerHandle erase_;

  Outage outage_;
  TokenRefusal refusal_;
  absl::Duration usual_spacing_;
  absl::Time idle_since_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_CREDENTIAL_WATCHES_H_
