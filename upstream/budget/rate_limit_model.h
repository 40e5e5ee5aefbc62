#ifndef WRIFTAI_UPSTREAM_BUDGET_RATE_LIMIT_MODEL_H_
#define WRIFTAI_UPSTREAM_BUDGET_RATE_LIMIT_MODEL_H_

#include <algorithm>
#include <cstdint>

#include "absl/time/time.h"
#include "upstream/budget/fixed_window_model.h"
#include "upstream/budget/rate_limit.h"
#include "upstream/budget/token_bucket_model.h"

namespace wriftai {

// Who asks: a call that somebody waits for, or a poll.
enum class Priority { kCall, kPoll };

// How many requests of one kind the upstream bears from one token, and when the
// next one may go: what the flags say, corrected by every response.
//
// The published text leaves open whether the limit is a count for each window
// or a bucket that refills (reference: rate limits, "short bursts allowed"). So
// both are kept in mind, and a request goes when neither is against it:
//   window   at most `limit` in each window that the upstream names;
//   refill   at most what is left, plus what has come back since at the rate.
// Once a response has shown that a new window begins full, the refill is no
// longer held against it. Without any header polls and calls are evenly spaced.
//
// Replicas of this program that share a token each keep to their share, since
// none can see what the others are about to send. A share that is not a whole
// number of requests in a window is rounded down, except to 0.
//
// Other consumers of the token are seen in what responses say is left, and what
// they used of late is left to them. After a 429 nothing goes until the reset
// that it names.
//
// Threads: loop. A value. Fails: never.
class RateLimitModel {
 public:
  // Requests per second, above 0; infinite: no limit until a response names
  // one. `share`, above 0 and up to 1: the part of it, and of what responses
  // name, that is ours; the rest is left to the other replicas of this program.
  explicit RateLimitModel(double rate, double share = 1);

  // Nothing goes before `when`.
  void Pause(absl::Time when) { paused_until_ = std::max(paused_until_, when); }

  // When the next request may be sent at the earliest, if nothing more is
  // learnt. From `now` on.
  absl::Time Earliest(Priority lane, absl::Time now);

  // The same for a call that has `ahead` others before it: an estimate.
  absl::Time EarliestBehind(int64_t ahead, absl::Time now);

  // A request goes out now. It counts whatever becomes of it.
  void OnSent(absl::Time now);

  // The request was not sent after all.
  void OnReleased(absl::Time now);

  // Its response is there, and was not a 429.
  void OnResponse(absl::Time now, const RateLimit& rate);

  // The response of one that was taken for lost: what is left of which window
  // says nothing any more, but the limit does.
  void OnLateResponse(absl::Time now, const RateLimit& rate) {
    LearnLimit(now, rate);
  }

  // Its response was a 429. Returns whether others had a part in it: our own
  // requests alone were within the limit.
  bool OnLimited(absl::Time now, const RateLimit& rate);

  // Its response will never come.
  void OnLost();

  // For metrics and estimates: the token's, and what the share makes ours.
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
  void LearnLimit(absl::Time now, const RateLimit& rate);
  void LearnWindow(absl::Time now, const RateLimit& rate, int64_t remaining,
                   bool alone);
  void SetLength(absl::Time now, absl::Duration length);
  absl::Time EarliestByRefill(bool is_poll, absl::Time now) const;

  // So that less than one request in a window is kept to, too.
  absl::Time EarliestByShare() const;

  const double configured_rate_;
  const double share_;
  bool limit_learnt_ = false;
  // The end that the last response named, and when that was.
  absl::Time named_end_ = absl::InfinitePast();
  absl::Time named_at_ = absl::InfinitePast();

  FixedWindowModel window_;
  TokenBucketModel refill_;
  double spacing_ = 1;  // Of polls, in shares of the rate.
  absl::Time last_sent_ = absl::InfinitePast();
  absl::Time paused_until_ = absl::InfinitePast();
  int64_t outstanding_ = 0;
  bool alone_ = false;  // Nothing else is or was under way with the last one.
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_BUDGET_RATE_LIMIT_MODEL_H_
