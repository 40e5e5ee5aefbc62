#ifndef WRIFTAI_UPSTREAM_BUDGET_TOKEN_BUCKET_MODEL_H_
#define WRIFTAI_UPSTREAM_BUDGET_TOKEN_BUCKET_MODEL_H_

#include <cstdint>

#include "absl/time/time.h"

namespace wriftai {

// The upstream's limit seen as a bucket that refills steadily: how many
// requests it would bear now. It starts with one: a burst is learnt from what
// responses say is left, never assumed.
//
// Threads: loop. A value. Fails: never.
class TokenBucketModel {
 public:
  // Requests per second, above 0, of which `share` (above 0, up to 1) is ours.
  explicit TokenBucketModel(double rate, double share = 1)
      : share_(share), rate_(rate), others_((1 - share) * rate) {}

  double rate() const { return rate_; }
  void set_rate(absl::Time now, double rate);

  // What may be sent at `now`; below 1: nothing.
  double Tokens(absl::Time now) const;

  // The most that it was seen to hold.
  double capacity() const { return capacity_; }

  // When there will be `tokens`, if nothing is sent until then.
  absl::Time When(double tokens, absl::Time now) const;

  void Take(absl::Time now);
  void Release(absl::Time now);

  // A response has said what is left; `outstanding` requests may not have been
  // counted yet.
  void Correct(absl::Time now, int64_t remaining, int64_t outstanding);

  // What the last Correct() found missing, or more than reckoned, is others'
  // doing: from now on so much less comes back for us.
  void BlameOthers();

  // What comes back for us: the rate less what others use.
  double Share() const { return rate_ - others_; }

  // A new window of the upstream has begun, with so many.
  void Fill(absl::Time now, double tokens);

 private:
  double LeastForOthers() const { return (1 - share_) * rate_; }
  double MostForOthers() const;

  const double share_;
  double rate_;
  double tokens_ = 1;
  double capacity_ = 1;
  double others_;     // Requests per second of other consumers.
  double drift_ = 0;  // Tokens that the last correction took away.
  absl::Time at_ = absl::InfinitePast();  // When `tokens_` was right.
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_BUDGET_TOKEN_BUCKET_MODEL_H_
