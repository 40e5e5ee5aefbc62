#ifndef WRIFTAI_UPSTREAM_WATCH_LIST_TRUST_H_
#define WRIFTAI_UPSTREAM_WATCH_LIST_TRUST_H_

#include <cstddef>
#include <deque>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/event_loop.h"
#include "base/random.h"
#include "upstream/prediction_params.h"
#include "upstream/watch/page_map.h"
#include "upstream/watch/poll_failures.h"

namespace wriftai {

// What list pages last showed of one prediction. `item` has no payloads.
struct PageObservation {
  v1::Prediction item;
  absl::Time requested_at;    // When the page was requested.
  absl::Time requested_wall;  // The same, on the wall clock.
  absl::Time since;  // First page in a row with this state, as requested_at.
};

// Whether pages of one credential's list may replace GETs. They may not while
// they fail, nor while they are found to be wrong.
//
// GETs are authoritative. A page is wrong if it was requested more than
// kReplicationLag after a change that it does not show. The time of the change
// is its updated_at, or when a GET showed it. The list is then distrusted, for
// a time that doubles from kMinDistrust to kMaxDistrust. It halves with every
// kAgreementsPerHalving observations that GETs confirm. One of every
// kMaxReadsPerConfirmation reads is a GET that checks a page, and more of them
// until the first few have agreed.
//
// A page that cannot be fetched or decoded backs off alone; after two failures
// in a row, all pages do.
//
// Threads: loop. A value. Fails: never.
class ListTrust {
 public:
  // How far the list may lag behind GETs.
  static constexpr absl::Duration kReplicationLag = absl::Seconds(5);

  static constexpr absl::Duration kMinDistrust = absl::Seconds(30);
  static constexpr absl::Duration kMaxDistrust = absl::Minutes(10);
  static constexpr int kAgreementsPerHalving = 8;

  // Confirmations cost 5% of the reads once the list has been right for a
  // while.
  static constexpr double kMinReadsPerConfirmation = 3;
  static constexpr double kMaxReadsPerConfirmation = 20;

  // Ends that GETs showed and pages did not, kept until a page shows whether
  // the list caught up. If the list is wrong, the first one reveals it.
  static constexpr size_t kMaxUnconfirmedEnds = 16;

  // Maximum backoff of failing pages; GETs continue meanwhile.
  static constexpr absl::Duration kMaxPageDelay = absl::Minutes(10);

  bool usable(absl::Time now) const {
    return now >= failing_until_ && !distrusted(now);
  }
  bool distrusted(absl::Time now) const { return now < distrusted_until_; }

  // When the next confirmation is due. OnConfirm() records that its GET is sent
  // now; `rate` is the budget in reads per second.
  absl::Time confirm_at() const { return confirm_at_; }
  void OnConfirm(absl::Time now, double rate);

  // A GET, sent at `requested_at`, returned `got` for the prediction of
  // `page_observation`. Returns whether the list is newly distrusted for it.
  bool OnGot(const PageObservation& page_observation, const v1::Prediction& got,
             absl::Time requested_at, const Instant& observed);

  // A page, requested at `requested_at`, shows an older state than one that is
  // known since `known_since` from another source. Returns as OnGot().
  bool OnStaleItem(absl::Time known_since, absl::Time requested_at,
                   absl::Time now);

  // A page was fetched. Returns as OnGot().
  bool OnPage(PageMap::Page& page, const PredictionPage& shown,
              absl::Time requested_at, absl::Time now);

  // The page could not be fetched.
  void OnPageFailed(PageMap::Page& page, const absl::Status& status,
                    absl::Time now, absl::Time last_response, Random& random);

 private:
  // A GET showed the end before any page did.
  struct UnconfirmedEnd {
    v1::Prediction known;  // Without payloads.
    absl::Time observed_at;
  };

  bool Distrust(absl::Time now);
  void RecordAgreement();
  void RecordUnconfirmedEnd(const v1::Prediction& got, const Instant& observed);

  absl::Time failing_until_ = absl::InfinitePast();
  PollFailures failures_;  // Consecutive failures, of any page.

  absl::Time distrusted_until_ = absl::InfinitePast();
  absl::Duration distrust_for_;
  int agreements_ = 0;

  absl::Time confirm_at_ = absl::InfinitePast();
  double reads_per_confirmation_ = kMinReadsPerConfirmation;

  // Upper bound of how far our wall clock is ahead of the upstream's: the
  // shortest time from a change's updated_at to its observation.
  absl::Duration clock_lead_ = absl::InfiniteDuration();
  std::deque<UnconfirmedEnd> unconfirmed_ends_;  // Oldest first.
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_LIST_TRUST_H_
