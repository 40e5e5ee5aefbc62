#ifndef WRIFTAI_UPSTREAM_WATCH_POLL_LOOP_H_
#define WRIFTAI_UPSTREAM_WATCH_POLL_LOOP_H_

#include <cstddef>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/event_loop.h"
#include "base/random.h"
#include "upstream/budget/budget_registry.h"
#include "upstream/prediction_calls.h"
#include "upstream/watch/get_fetcher.h"
#include "upstream/watch/page_fetcher.h"
#include "upstream/watch/poll_circuit_breaker.h"
#include "upstream/watch/poll_observer.h"
#include "upstream/watch/poll_planner.h"
#include "upstream/watch/poll_spans.h"
#include "upstream/watch/recent_creates.h"
#include "upstream/watch/watch_stats.h"
#include "upstream/watch/watch_table.h"

namespace wriftai {

// The polls of one credential. Whenever a watch is due and the budget grants a
// permit, the planner chooses the next request, and a fetcher sends it and
// applies the result to the table. While none is due, spare requests go to what
// may end soon (SparePoll).
//
// When different healthy predictions fail in a row, the upstream is considered
// down and is probed, one request at a time (PollCircuitBreaker).
//
// Threads: loop. Owns: the fetches in flight, and the page map in the planner.
// The table, and what `shared` refers to, must outlive it. Fails: through the
// table.
class PollLoop : private PollObserver {
 public:
  // Shared by all credentials.
  struct Shared {
    EventLoop& event_loop;
    PredictionReader& reader;
    BudgetRegistry& budgets;
    Random& random;
    WatchStats& stats;
    const RecentCreates& recent_creates;
    // May be empty.
    const std::function<void(const Credential&, const absl::Status&)>&
        on_poll_failed;
    PagePolicy pages = PagePolicy::kByCost;
    bool spare_polls = true;
    PollSpans* spans = nullptr;  // May be null.
  };

  // Maximum number of polls in flight. More than the published rate sends
  // within a read timeout would only pile up at an unresponsive upstream.
  static constexpr size_t kMaxInFlight = 64;

  PollLoop(WatchTable& table, const Shared& shared);

  // Polls may be due sooner or later than planned: plans again in a separate
  // task, once for all changes until then.
  void MarkDirty();

  // Sends nothing more until Resume(). Polls in flight complete.
  void Suspend();
  void Resume();
  bool suspended() const { return suspended_; }

  // Any response shows that the upstream is up. Targets that failed during the
  // outage are due again.
  void OnUpstreamResponse() override;

  // Whether the circuit breaker is open.
  bool upstream_is_down() const { return breaker_.is_open(); }
  // Whether the demand exceeds the budget. Unknown, and so false, while
  // suspended.
  bool contended() const { return !suspended_ && planner_.contended(); }

 private:
  // PollObserver
  void OnPollFailed(absl::string_view item,
                    PollCircuitBreaker::Standing standing,
                    const absl::Status& status, absl::Time requested_at,
                    absl::Duration interval) override;

  void Plan();
  void TracePlans();
  absl::Time PollDue(absl::Time now);
  absl::Time PlanSparePoll(absl::Time now);
  absl::Time ProbeDue();
  PollTarget* NextProbe(bool* untried);
  void AcquirePermit();
  void Send(Permit permit);
  void SendProbe(Permit permit);
  void SendSparePoll(PollTarget& target, Permit permit);
  void Get(PollTarget& target, Permit permit, bool early = false);
  void FetchPage(PageMap::Page& page, Permit permit);
  CallContext PollContext(Permit permit) const;

  WatchTable& table_;
  const Shared shared_;
  const std::shared_ptr<CredentialBudget> budget_;

  PollPlanner planner_;
  PollCircuitBreaker breaker_;
  GetFetcher gets_;
  PageFetcher pages_;

  CallHandle acquire_;  // Waits for a permit.
  TimerHandle plan_;
  bool dirty_ = false;  // `plan_` runs now.
  bool suspended_ = false;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_POLL_LOOP_H_
