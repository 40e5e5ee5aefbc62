#ifndef WRIFTAI_UPSTREAM_BUDGET_TOKEN_BUCKET_MODEL_H_
#define WRIFTAI_UPSTREAM_BUDGET_TOKEN_BUCKET_MODEL_H_

#include <cstdint>

#include "absl/time/time.h"

namespace wriftai {

// Models the upstream's limit as a token bucket. It starts with one token, or
// those of a millisecond, the resolution of the loop's timers: a larger burst
// is only assumed after responses report the remaining requests.
//
// Threads: loop. A value. Fails: never.
class TokenBucketModel {
 public:
  // `rate`: requests per second, above 0. `share`: this replica's part of it,
  // above 0 and at most 1.
  explicit TokenBucketModel(double rate, double share = 1);

  double rate() const { return rate_; }
  void set_rate(absl::Time now, double rate);

  // Requests available at `now`. Below 1: none may be sent.
  double Tokens(absl::Time now) const;

  // The maximum number of tokens reported so far.
  double capacity() const { return capacity_; }

  // When `tokens` will be available if nothing is sent until then.
  absl::Time AvailableAt(double tokens, absl::Time now) const;

  void Consume(absl::Time now);
  void Release(absl::Time now);

  // A response reported `remaining` requests. It may not include `outstanding`
  // requests yet.
  void Correct(absl::Time now, int64_t remaining, int64_t outstanding);

  // Attributes the drift found by the last Correct() to other consumers, and
  // adapts refill_rate().
  void AttributeDriftToOthers();

  // The rate minus the estimated use of other consumers.
  double refill_rate() const { return rate_ - others_; }

  // A new window of the upstream has started with `tokens`.
  void Fill(absl::Time now, double tokens);

 private:
  double MinForOthers() const { return (1 - share_) * rate_; }
  double MaxForOthers() const;

  const double share_;
  double rate_;
  double capacity_;
  double tokens_;
  double others_;     // Requests per second of other consumers.
  double drift_ = 0;  // Tokens removed by the last correction.
  absl::Time at_ = absl::InfinitePast();  // When `tokens_` was updated.
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_BUDGET_TOKEN_BUCKET_MODEL_H_
