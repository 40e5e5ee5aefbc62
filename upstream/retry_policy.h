#ifndef WRIFTAI_UPSTREAM_RETRY_POLICY_H_
#define WRIFTAI_UPSTREAM_RETRY_POLICY_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/random.h"

namespace wriftai {

// Exponential backoff with jitter. After the n-th consecutive failure the delay
// is `initial` doubled n-1 times, at most `max`, times a random factor from
// 0.5 to 1. Jitter keeps clients that failed together from retrying together. A
// value; any thread.
struct BackoffPolicy {
  absl::Duration initial = absl::Milliseconds(200);
  absl::Duration max = absl::Seconds(5);

  // `failures` starts at 1.
  absl::Duration Delay(int failures, Random& random) const;
};

// Attempts of one read, including the first. The official clients also retry
// twice by default.
inline constexpr int kMaxAttempts = 3;

// Maximum delay before the next attempt of a read, the longest backoff. If the
// upstream asks for more, the call fails at once with its RetryInfo.
inline constexpr absl::Duration kMaxReadRetryDelay = absl::Seconds(5);

// Whether to retry a read, with BackoffPolicy: after outages only. A rate limit
// (429) is not an outage; its window says when to retry.
bool IsRetryable(const absl::Status& status);

// Whether the same call may succeed later: after an outage, a rate limit or a
// corrupt response, but not after a rejection or a response that is too large.
bool IsTransient(const absl::Status& status);

// Whether a transient error will most likely repeat: the upstream is
// misconfigured (a redirect, 405, 407, 501, HTML instead of JSON, or not HTTP),
// or requires payment.
bool IsLikelyPermanent(const absl::Status& status);

// Whether the failure may affect the whole upstream: no response, or a server
// error. Any other response shows that the upstream works.
bool IsOutage(const absl::Status& status);

// Whether the upstream did not find the resource (404), though it may exist.
// False for 410, which says that it existed once.
bool IsMissing(const absl::Status& status);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_RETRY_POLICY_H_
