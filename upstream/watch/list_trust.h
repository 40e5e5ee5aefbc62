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

// What pages of the list last said of one prediction. `item` lacks payloads.
struct PageObservation {
  v1::Prediction item;
  absl::Time asked_at;    // When the page was asked for.
  absl::Time asked_wall;  // The same, on the wall clock.
  absl::Time since;       // When pages began to say the same, as asked_at.
};

// Whether pages of one credential's list may be used in place of GETs: not
// while they fail, and not while what they say is found to be wrong.
//
// GETs are the truth. A page is wrong when it was asked for more than
// kReplicationLag after a change that it does not show: by the change's
// updated_at, or because a GET had shown it so long before. Then the list is
// distrusted, for a time that doubles from kMinDistrust to kMaxDistrust and
// halves with every kAgreementsToForgive sightings that GETs confirm. To find
// out, GETs confirm what pages say: one of every kMaxReadsPerConfirmation
// reads, more often until the first few have agreed.
//
// A page that cannot be fetched or decoded backs off alone; after two in a row
// all pages do.
//
// Threads: loop. A value. Fails: never.
class ListTrust {
 public:
  // What a list may lag behind GETs.
  static constexpr absl::Duration kReplicationLag = absl::Seconds(5);

  static constexpr absl::Duration kMinDistrust = absl::Seconds(30);
  static constexpr absl::Duration kMaxDistrust = absl::Minutes(10);
  static constexpr int kAgreementsToForgive = 8;

  // Confirmations cost 5 % of the reads once the list has proven right.
  static constexpr double kMinReadsPerConfirmation = 3;
  static constexpr double kMaxReadsPerConfirmation = 20;

  // Ends that GETs showed and pages did not, kept until a page shows whether
  // it caught up. With a wrong list the first proves it.
  static constexpr size_t kMaxSuspects = 16;

  // Longest backoff of pages that fail; GETs go on meanwhile.
  static constexpr absl::Duration kMaxPageDelay = absl::Minutes(10);

  bool usable(absl::Time now) const {
    return now >= failing_until_ && !distrusted(now);
  }
  bool distrusted(absl::Time now) const { return now < distrusted_until_; }

  // When the next page_observation is due to be confirmed, and that a GET for
  // it goes now, with `rate` reads per second to spend.
  absl::Time confirm_at() const { return confirm_at_; }
  void OnConfirm(absl::Time now, double rate);

  // A GET, sent at `asked_at`, has shown `got` of what pages said
  // `page_observation` of. Returns whether the list is newly distrusted for it.
  bool OnGot(const PageObservation& page_observation, const v1::Prediction& got,
             absl::Time asked_at, const Instant& learnt);

  // A page, asked for at `asked_at`, shows an older state than `known`, which
  // was learnt otherwise at `learnt_at`. Returns as OnGot().
  bool OnOlder(absl::Time learnt_at, absl::Time asked_at, absl::Time now);

  // A page was fetched. Returns as OnGot().
  bool OnPage(PageMap::Page& page, const PredictionPage& shown,
              absl::Time asked_at, absl::Time now);

  // It could not be fetched.
  void OnPageFailed(PageMap::Page& page, const absl::Status& status,
                    absl::Time now, absl::Time last_response, Random& random);

 private:
  // A GET showed the end before any page did.
  struct UnconfirmedEnd {
    v1::Prediction known;  // Without payloads.
    absl::Time learnt_at;
  };

  bool OnWrong(absl::Time now);
  void OnAgreed();
  void Suspect(const v1::Prediction& got, const Instant& learnt);

  absl::Time failing_until_ = absl::InfinitePast();
  PollFailures failures_;  // Of all pages, in a row.

  absl::Time distrusted_until_ = absl::InfinitePast();
  absl::Duration distrust_for_;
  int agreements_ = 0;

  absl::Time confirm_at_ = absl::InfinitePast();
  double reads_per_confirmation_ = kMinReadsPerConfirmation;

  // How far our wall clock seems to be ahead of the upstream's, at most: the
  // least time that a change has taken to arrive.
  absl::Duration clock_lead_ = absl::InfiniteDuration();
  std::deque<UnconfirmedEnd> suspects_;  // Oldest first.
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_LIST_TRUST_H_
