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
#include "upstream/watch/list_trust.h"
#include "upstream/watch/model_run_durations.h"
#include "upstream/watch/poll_circuit_breaker.h"
#include "upstream/watch/poll_failures.h"
#include "upstream/watch/prediction_watch.h"
#include "upstream/watch/webhook_poll_backoff.h"

namespace wriftai {

// A watch, and what the polls for it need to know. All times but `created` are
// of EventLoop::Now()'s clock.
//
// Threads: loop. Owns: the watch, its GET under way.
struct PollTarget {
  // How long a page under way that should show it is waited for: far longer
  // than a page takes, far shorter than the timeout of one that hangs.
  static constexpr absl::Duration kPagePatience = absl::Seconds(3);

  PollTarget(std::string id, SnapshotPtr known, absl::Time now,
             EventLoop& event_loop)
      : watch(std::move(id), std::move(known), event_loop), joined_at(now) {
    if (watch.newest() == nullptr) return;
    seen_at = asked_at = state_since = watch.newest()->learnt_at;
    created = CreatedAt(watch.newest()->prediction);
    if (watch.newest()->source != v1::SOURCE_LIST) verified_at = seen_at;
  }

  bool seen() const { return seen_at != absl::InfinitePast(); }

  // Whether a GET of it has succeeded.
  bool worked() const { return succeeded_at != absl::InfinitePast(); }

  PollCircuitBreaker::Standing standing() const {
    using Standing = PollCircuitBreaker::Standing;
    if (failures.unproven()) return Standing::kFailing;
    return worked() ? Standing::kHealthy : Standing::kUntried;
  }

  // How often it is to be asked for: as its waiters want, or more rarely while
  // webhooks tell of it.
  absl::Duration interval() const {
    return std::max(watch.interval(), webhook_backoff.interval());
  }

  // When it is to be asked for again, other targets aside.
  absl::Time DueAt() const {
    if (get != nullptr || watch.idle() || watch.ended()) {
      return absl::InfiniteFuture();
    }
    const absl::Time earliest = std::max(failures.not_before(), page_until);
    // Of one whose GETs fail pages may go on to show the state, not the output.
    if (output_pending || !seen() || failures.any()) return earliest;
    return std::max(earliest, asked_at + interval());
  }

  // A page that was asked for at `asked` shows it as `item`.
  void RecordPageObservation(const v1::Prediction& item, const Instant& asked) {
    const bool again =
        page_observation.has_value() &&
        page_observation->item.status_text() == item.status_text() &&
        UpdatedAt(page_observation->item) == UpdatedAt(item);
    page_observation =
        PageObservation{item, asked.now, asked.wall,
                        again ? page_observation->since : asked.now};
  }

  // What pages said of it is not believed.
  void DropPageObservations() {
    seen_at = asked_at = verified_at;
    page_observation.reset();
  }

  PredictionWatch watch;
  const absl::Time joined_at;
  absl::Time created = absl::InfinitePast();   // As the upstream says.
  absl::Time seen_at = absl::InfinitePast();   // A state was observed.
  absl::Time asked_at = absl::InfinitePast();  // The question for it was sent.
  absl::Time state_since = absl::InfinitePast();  // Its state was first seen.
  // A state was observed by other ways than pages: GETs, creates, webhooks.
  absl::Time verified_at = absl::InfinitePast();
  absl::Time got_at = absl::InfinitePast();        // Its last GET was sent.
  absl::Time succeeded_at = absl::InfinitePast();  // Its last GET succeeded.
  PollFailures failures;                           // Of its GETs.
  // What pages have said since it was last verified.
  std::optional<PageObservation> page_observation;
  // A page has shown the end, at that time; the output is still to be fetched.
  bool output_pending = false;
  absl::Time ended_at;
  // A page that should have shown it did not: only a GET can tell.
  bool missing_from_page = false;
  // A page under way should show it, and is waited for until then.
  absl::Time page_until = absl::InfinitePast();
  WebhookPollBackoff webhook_backoff;
  CallHandle get;
};

// By id.
using PollTargets = std::map<std::string, std::unique_ptr<PollTarget>>;

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_POLL_TARGET_H_
