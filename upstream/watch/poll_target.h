#ifndef WRIFTAI_UPSTREAM_WATCH_POLL_TARGET_H_
#define WRIFTAI_UPSTREAM_WATCH_POLL_TARGET_H_

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "base/call.h"
#include "upstream/prediction_state.h"
#include "upstream/watch/list_trust.h"
#include "upstream/watch/poll_circuit_breaker.h"
#include "upstream/watch/poll_failures.h"
#include "upstream/watch/poll_position.h"
#include "upstream/watch/poll_trace.h"
#include "upstream/watch/prediction_watch.h"
#include "upstream/webhook/webhook_feed.h"

namespace wriftai {

// The next poll of a target as PollTrace last heard of it.
struct TracedPlan {
  PollReason reason = PollReason::kNone;
  absl::Time due = absl::InfinitePast();
  absl::Time since = absl::InfinitePast();  // When it was planned this way.
};

// A watch and the state of its polls. All times but `created` and `ended_at`
// are on EventLoop::Now()'s clock.
//
// Threads: loop. Owns: the watch and its GET in flight.
struct PollTarget {
  // How long to wait for a page in flight that should show the target: much
  // longer than a page takes, much shorter than the timeout of one that hangs.
  static constexpr absl::Duration kMaxPageWait = absl::Seconds(3);

  PollTarget(std::string id, SnapshotPtr known, absl::Time now,
             EventLoop& event_loop, uint64_t& next_waiter)
      : watch(std::move(id), std::move(known), event_loop, next_waiter),
        joined_at(now) {
    if (watch.newest() == nullptr) return;
    seen_at = requested_at = state_since = watch.newest()->applied_at;
    created = CreatedAt(watch.newest()->prediction);
    if (watch.newest()->source != v1::SOURCE_LIST) verified_at = seen_at;
  }

  bool seen() const { return seen_at != absl::InfinitePast(); }

  // Whether a GET has succeeded.
  bool has_succeeded() const { return succeeded_at != absl::InfinitePast(); }

  PollCircuitBreaker::Standing standing() const {
    using Standing = PollCircuitBreaker::Standing;
    if (failures.unrecovered()) return Standing::kFailing;
    return has_succeeded() ? Standing::kHealthy : Standing::kUntried;
  }

  // The poll interval: the shortest of the waiters' intervals, or that of
  // webhook_backoff if it is longer.
  absl::Duration interval() const {
    return std::max(watch.interval(), webhook_backoff.interval());
  }

  // When the next poll is due, regardless of other targets.
  absl::Time DueAt() const {
    if (get != nullptr || watch.idle() || watch.ended()) {
      return absl::InfiniteFuture();
    }
    const absl::Time earliest = std::max(failures.not_before(), page_until);
    // While GETs fail, pages may still show the state, but not the output.
    if (output_pending || !seen() || failures.any()) return earliest;
    return std::max(earliest, requested_at + interval());
  }

  // A spare poll this shortly before one is due replaces it.
  static constexpr absl::Duration kMaxEarliness = absl::Milliseconds(500);
  absl::Time ReplacesDueFrom() const {
    return requested_at + interval() - std::min(interval() / 2, kMaxEarliness);
  }

  // Whether a poll may show its end before it is due. Webhooks show it sooner.
  bool MaySparePoll(absl::Time now) const {
    return get == nullptr && !watch.idle() && !watch.ended() && seen() &&
           !output_pending && !failures.any() && !webhook_backoff.active() &&
           page_until <= now;
  }

  // Why it is due then.
  PollReason reason(absl::Time now) const {
    if (watch.idle() || watch.ended()) return PollReason::kNone;
    if (get != nullptr) return PollReason::kInFlight;
    if (page_until > now && DueAt() == page_until) {
      return PollReason::kPageInFlight;
    }
    if (failures.any()) return PollReason::kBackoff;
    if (output_pending) return PollReason::kOutput;
    if (!seen()) return PollReason::kFirst;
    return webhook_backoff.interval() > watch.interval()
               ? PollReason::kWebhookActive
               : PollReason::kInterval;
  }

  // A GET or a create returned a state. If a page was ahead of it, polling
  // continues as before the page.
  void OnVerified(absl::Time now) {
    verified_at = now;
    failures.OnSuccess();
    missing_from_page = false;
    output_pending = false;
  }

  // Whether a GET is newer, or will be, than a page that was requested at
  // `page_requested_at`.
  bool HasNewerGet(absl::Time page_requested_at, absl::Time now) const {
    return (get != nullptr && now - get_sent_at < kMaxPageWait) ||
           page_requested_at < verified_at;
  }

  // A page that was requested at `requested` shows it as `item`.
  void RecordPageObservation(const v1::Prediction& item,
                             const Instant& requested) {
    const bool same_state =
        page_observation.has_value() &&
        page_observation->item.status_text() == item.status_text() &&
        UpdatedAt(page_observation->item) == UpdatedAt(item);
    page_observation =
        PageObservation{item, requested.now, requested.wall,
                        same_state ? page_observation->since : requested.now};
  }

  // Discards what pages showed of it.
  void DropPageObservations() {
    seen_at = requested_at = verified_at;
    page_observation.reset();
  }

  PredictionWatch watch;
  const absl::Time joined_at;
  absl::Time created = absl::InfinitePast();  // By the upstream's clock.
  absl::Time seen_at = absl::InfinitePast();  // Last observation of a state.
  // When it was requested; without early polls.
  absl::Time requested_at = absl::InfinitePast();
  absl::Time state_since = absl::InfinitePast();  // First seen in this state.
  // Last observation from a GET, create or webhook rather than a page.
  absl::Time verified_at = absl::InfinitePast();
  absl::Time get_sent_at = absl::InfinitePast();   // Its last GET was sent.
  absl::Time succeeded_at = absl::InfinitePast();  // Its last GET succeeded.
  PollFailures failures;                           // Of its GETs.
  // What pages have shown since verified_at.
  std::optional<PageObservation> page_observation;
  // A page showed that it ended at `ended_at`; its output is still to be
  // fetched.
  bool output_pending = false;
  absl::Time ended_at;
  // A page that should have shown it did not, so only GETs are used.
  bool missing_from_page = false;
  // Until when to wait for a page in flight that should show it.
  absl::Time page_until = absl::InfinitePast();
  WebhookFeed::Backoff webhook_backoff;
  CallHandle get;
  PollPosition position;  // Set by PollQueue.
  TracedPlan traced;      // Only with a PollTrace.
  // As DemandObserver last heard of it.
  absl::Duration reported_demand = absl::InfiniteDuration();
};

// By id.
using PollTargets = std::map<std::string, std::unique_ptr<PollTarget>>;

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_POLL_TARGET_H_
