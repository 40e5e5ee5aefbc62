#ifndef WRIFTAI_UPSTREAM_WATCH_POLL_FAILURES_H_
#define WRIFTAI_UPSTREAM_WATCH_POLL_FAILURES_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/random.h"

namespace wriftai {

// The consecutive failures of one prediction's GETs, or of one list page: when
// the next attempt may be sent, and whether the failure is permanent.
//
// Threads: loop. A value. Fails: never.
class PollFailures {
 public:
  // Attempts with an IsLikelyPermanent() failure after which it counts as
  // permanent. At the default interval they take 3.5 to 7 s: longer than a
  // proxy takes to reload, and short enough for a waiter. Transient failures in
  // between do not reset the count.
  static constexpr int kMaxPermanent = 4;

  // A 429 pauses the whole token. An item that gets a 429 again while others
  // work backs off for this many times the pause, up to kMaxLimitedDelay. So
  // the others can use most of the time.
  static constexpr int kItemLimitFactor = 8;
  static constexpr absl::Duration kMaxLimitedDelay = absl::Minutes(10);

  // Backoff after a 404 that may be due to replication lag: replicas catch up
  // in milliseconds to seconds.
  static constexpr absl::Duration kFirstMissingDelay = absl::Milliseconds(250);
  static constexpr absl::Duration kMaxMissingDelay = absl::Seconds(2);

  // An attempt succeeded.
  void OnSuccess() { *this = PollFailures(); }

  // An attempt failed at `now` with a transient failure. `first` and `longest`
  // are the bounds of the backoff. `last_response` is the time of the
  // upstream's last response to any poll.
  void OnFailure(const absl::Status& status, absl::Duration first,
                 absl::Duration longest, absl::Time now,
                 absl::Time last_response, Random& random);

  // The upstream does not know the prediction yet. Attempts continue until
  // `until`, when the last one is due.
  void OnMissing(absl::Time until, absl::Time now, Random& random);

  // The failures were the upstream's, not the item's. If they began at `since`
  // or later, the item may be tried at once. It stays unrecovered() until an
  // attempt succeeds.
  void ResetBackoff(absl::Time since);

  bool any() const { return failures_ > 0; }
  // No attempt succeeded since the first failure, even if the backoff was
  // reset.
  bool unrecovered() const { return since_ != absl::InfinitePast(); }
  absl::Time not_before() const { return not_before_; }

  // Whether some failures looked permanent.
  bool maybe_permanent() const { return permanent_ > 0; }

  // Whether the failure counts as permanent, after kMaxPermanent attempts.
  bool permanent() const { return permanent_ >= kMaxPermanent; }

 private:
  int failures_ = 0;
  int permanent_ = 0;
  absl::Time since_ = absl::InfinitePast();
  absl::Time last_ = absl::InfinitePast();
  absl::Time not_before_ = absl::InfinitePast();
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_POLL_FAILURES_H_
