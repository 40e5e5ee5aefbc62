#include "upstream/watch/outage.h"

#include <algorithm>

#include "upstream/retry_policy.h"

namespace wriftai {

void Outage::OnFailure(absl::Time now, absl::Duration interval,
                       Random& random) {
  if (++failures_ < kFailures) return;
  const Backoff backoff{std::max(interval, absl::Seconds(1)),
                        kLongestPollDelay};
  quiet_until_ = now + backoff.Delay(failures_ - kFailures + 1, random);
}

}  // namespace wriftai
