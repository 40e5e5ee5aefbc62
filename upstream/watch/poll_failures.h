#ifndef WRIFTAI_UPSTREAM_WATCH_POLL_FAILURES_H_
#define WRIFTAI_UPSTREAM_WATCH_POLL_FAILURES_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/random.h"

namespace wriftai {

// The failures in a row of one prediction's GETs, or of one page of the list:
// when the next attempt may go, and whether further attempts are of use.
//
// Threads: loop. A value. Fails: never.
class PollFailures {
 public:
  // Attempts with a permanent failure (IsLikelyPermanent) in a row, after which
  // it is believed. At the default interval they take 3.5 to 7 s: longer than
  // a proxy takes to reload, and short enough for somebody who waits. A failure
  // that is not permanent, in between, does not start the count again.
  static constexpr int kMaxPermanent = 4;

  // A 429 pauses the whole token. One item that gets it again while others
  // work keeps off for so many times the pause, so that the others have most
  // of the time; at most kMaxLimitedDelay.
  static constexpr int kOwnLimitFactor = 8;
  static constexpr absl::Duration kMaxLimitedDelay = absl::Minutes(10);

  // Backoff after a 404 that may be too early: replicas catch up in
  // milliseconds to seconds.
  static constexpr absl::Duration kFirstMissingDelay = absl::Milliseconds(250);
  static constexpr absl::Duration kMaxMissingDelay = absl::Seconds(2);

  // It worked.
  void OnSuccess() { *this = PollFailures(); }

  // It failed at `now` in a way that may pass. `first`, `longest`: of the
  // backoff. `last_response`: when the upstream last answered a poll of
  // anything.
  void OnFailure(const absl::Status& status, absl::Duration first,
                 absl::Duration longest, absl::Time now,
                 absl::Time last_response, Random& random);

  // The upstream does not know it yet, and is asked again until `until`, when
  // the last attempt is due.
  void OnMissing(absl::Time until, absl::Time now, Random& random);

  // They were the upstream's, not the item's: it may be tried at once if they
  // began at `since` or later. Until it works it is no proof of anything.
  void Forgive(absl::Time since);

  bool any() const { return failures_ > 0; }
  // Forgiven or not: it has not worked since.
  bool unproven() const { return since_ != absl::InfinitePast(); }
  absl::Time not_before() const { return not_before_; }

  // Some of them looked permanent.
  bool maybe_permanent() const { return permanent_ > 0; }

  // The failure is permanent, and was seen kMaxPermanent times.
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
