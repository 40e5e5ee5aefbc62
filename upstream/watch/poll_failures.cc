#include "upstream/watch/poll_failures.h"

#include <algorithm>

#include "upstream/budget/rate_limit.h"
#include "upstream/error_details.h"
#include "upstream/retry_policy.h"

namespace wriftai {

void PollFailures::OnFailure(const absl::Status& status, absl::Duration first,
                             absl::Duration longest, absl::Time now,
                             absl::Time last_response, Random& random) {
  if (failures_ == 0) since_ = now;
  ++failures_;
  if (IsLikelyPermanent(status)) ++permanent_;
  // Capped, so that a wrong Retry-After header cannot stop polling for long.
  absl::Duration retry_after =
      std::min(RetryDelay(status).value_or(absl::ZeroDuration()), kMaxReset);
  // Other items got responses since its last failure, so the limit applies to
  // this item alone.
  if (absl::IsResourceExhausted(status) && failures_ > 1 &&
      last_response > last_) {
    retry_after = std::min(retry_after * kItemLimitFactor, kMaxLimitedDelay);
  }
  last_ = now;
  not_before_ =
      now + std::max(BackoffPolicy{first, longest}.Delay(failures_, random),
                     retry_after);
}

void PollFailures::OnMissing(absl::Time until, absl::Time now, Random& random) {
  if (failures_ == 0) since_ = now;
  last_ = now;
  const BackoffPolicy backoff{kFirstMissingDelay, kMaxMissingDelay};
  not_before_ = std::min(until, now + backoff.Delay(++failures_, random));
}

void PollFailures::ResetBackoff(absl::Time since) {
  if (!any() || since_ < since) return;
  failures_ = 0;
  not_before_ = absl::InfinitePast();
}

}  // namespace wriftai
