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
  // A wrong header must not silence a Wait for as long as callers are told.
  absl::Duration asked =
      std::min(RetryDelay(status).value_or(absl::ZeroDuration()), kMaxReset);
  // Others got responses since it failed before: the limit is its own.
  if (absl::IsResourceExhausted(status) && failures_ > 1 &&
      last_response > last_) {
    asked = std::min(asked * kOwnLimitFactor, kMaxLimitedDelay);
  }
  last_ = now;
  not_before_ =
      now + std::max(Backoff{first, longest}.Delay(failures_, random), asked);
}

void PollFailures::OnMissing(absl::Time until, absl::Time now, Random& random) {
  if (failures_ == 0) since_ = now;
  last_ = now;
  const Backoff backoff{kFirstMissingDelay, kMaxMissingDelay};
  not_before_ = std::min(until, now + backoff.Delay(++failures_, random));
}

void PollFailures::Forgive(absl::Time since) {
  if (!any() || since_ < since) return;
  failures_ = 0;
  not_before_ = absl::InfinitePast();
}

}  // namespace wriftai
