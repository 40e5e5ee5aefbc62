#ifndef WRIFTAI_UPSTREAM_BUDGET_RATE_LIMIT_MODEL_H_
#define WRIFTAI_UPSTREAM_BUDGET_RATE_LIMIT_MODEL_H_

#include <algorithm>
#include <cstdint>

#include "absl/time/time.h"
#include "upstream/budget/fixed_window_model.h"
#include "upstream/budget/priority.h"
#include "upstream/budget/rate_limit.h"
#include "upstream/budget/token_bucket_model.h"

namespace wriftai {

// Requests that may be sent although nothing is due.
struct SpareRequests {
  int64_t count = 0;
  // More that are left free for consumers that have not shown up so far. For a
  // likely end.
  int64_t left_free = 0;
  absl::Time since;  // The count is for the time from `since`
  absl::Time until;  // to `until`.
};

// Models the rate limit of one bucket of a token, and when the next request may
// go. Starts from the flags and is corrected by every response.
//
// The API reference does not say whether the limit is a count per window or a
// token bucket ("Rate limits": "short bursts allowed"). So both are modeled,
// and a request goes when both allow it:
//   window   at most `limit` in each window that the upstream reports;
//   bucket   at most what is left, plus what has refilled since at the rate.
// Once a response shows that a new window starts full, the bucket no longer
// limits its first request. Without headers, requests are evenly spaced.
//
// Replicas that share a token each use only their share, since they cannot see
// each other's requests. A share is rounded down to whole requests per window,
// but not to 0.
//
// Use by other consumers shows in the reported remaining requests, and their
// recent use is reserved for them. After a 429, nothing is sent until its
// reset.
//
// Threads: loop. A value. Fails: never.
class RateLimitModel {
 public:
  // `rate`: requests per second, above 0. Infinite: no limit until a response
  // reports one. `share`, above 0 and at most 1: this replica's part of that
  // and of reported limits. The rest is for other replicas.
  explicit RateLimitModel(double rate, double share = 1);

  // Sends nothing before `when`.
  void Pause(absl::Time when) { paused_until_ = std::max(paused_until_, when); }

  // Earliest time of the next request by current knowledge, at least `now`.
  // For Priority::kSpare: if Spare() has any.
  absl::Time Earliest(Priority priority, absl::Time now);

  // The spare requests, and until when the count holds. None without knowledge
  // of the limit.
  SpareRequests Spare(absl::Time now);

  // Estimates the same for a call with `ahead` calls before it.
  absl::Time EarliestBehind(int64_t ahead, absl::Time now);

  // A request is being sent. It counts whatever its outcome.
  void OnSent(absl::Time now);

  // The request was not sent after all.
  void OnReleased(absl::Time now);

  // Its response arrived and was not a 429.
  void OnResponse(absl::Time now, const RateLimit& rate);

  // Its response took `duration`. Call before OnResponse().
  void OnRoundTrip(absl::Duration duration) { window_.OnRoundTrip(duration); }

  // The response of a request that was reported lost. The remaining requests
  // are outdated by now, but the limit is not.
  void OnLateResponse(absl::Time now, const RateLimit& rate) {
    ApplyLimit(now, rate);
  }

  // Its response was a 429. Returns whether others contributed, that is,
  // whether our requests alone were within the limit.
  bool OnLimited(absl::Time now, const RateLimit& rate);

  // It will get no response.
  void OnLost();

  // For metrics and estimates: the rate of the token, and this replica's share.
  double rate() const;
  double own_rate() const;
  int64_t limit() const { return window_.limit(); }
  int64_t outstanding() const { return outstanding_; }
  int64_t others() const { return window_.others(); }
  int64_t Used(absl::Time now);
  bool paused(absl::Time now) const { return now < paused_until_; }

 private:
  bool unlimited() const;
  void Roll(absl::Time now);
  void ApplyLimit(absl::Time now, const RateLimit& rate);
  void ApplyWindow(absl::Time now, const RateLimit& rate, int64_t remaining,
                   bool alone);
  void SetLength(absl::Time now, absl::Duration length);
  absl::Time EarliestByBucket(Priority priority, absl::Time now) const;

  // Enforces a share of less than one request per window.
  absl::Time EarliestByShare() const;

  const double configured_rate_;
  const double share_;
  bool limit_known_ = false;
  // The window end that the last response reported, and when.
  absl::Time named_end_ = absl::InfinitePast();
  absl::Time named_at_ = absl::InfinitePast();

  FixedWindowModel window_;
  TokenBucketModel bucket_;
  double spacing_ = 1;  // Between polls, as a multiple of 1 / rate.
  absl::Time last_sent_ = absl::InfinitePast();
  absl::Time paused_until_ = absl::InfinitePast();
  int64_t outstanding_ = 0;
  bool alone_ = false;  // No other request was in flight with the last one.
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_BUDGET_RATE_LIMIT_MODEL_H_
