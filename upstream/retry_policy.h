#ifndef WRIFTAI_UPSTREAM_RETRY_POLICY_H_
#define WRIFTAI_UPSTREAM_RETRY_POLICY_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/random.h"

namespace wriftai {

// How long to wait after the n-th failure in a row: `first` doubled n-1 times,
// at most `longest`, of which a random half to whole, so that clients that
// failed together do not come back together. Values; any thread.
struct Backoff {
  absl::Duration first = absl::Milliseconds(200);
  absl::Duration longest = absl::Seconds(5);

  // `failures` from 1.
  absl::Duration Delay(int failures, Random& random) const;
};

// Attempts of one read, the first included: the official clients' default of
// two retries.
inline constexpr int kMaxAttempts = 3;

// What a call may be kept waiting for its next attempt: the longest backoff. An
// upstream that asks for more is answered for at once, with its RetryInfo.
inline constexpr absl::Duration kMaxRetryDelay = absl::Seconds(5);

// Whether a read that failed so is sent again at once (with Backoff): outages
// only. A limit (429) is not an outage: its window says when to come back.
bool IsRetryable(const absl::Status& status);

// Whether the same call may well succeed later: an outage, a limit, a broken
// response. Not: a refusal, or a response that is too large and will be again.
bool MayPass(const absl::Status& status);

// Of those that may pass, whether the same call will most likely fail in the
// same way: the upstream is misconfigured (a redirect, 405, 407, 501, HTML in
// place of JSON, what is not HTTP), or wants to be paid first.
bool IsLikelyPermanent(const absl::Status& status);

// Whether the failure can be the whole upstream's: no response, or a server
// error. Any other response shows that the upstream works.
bool IsOutage(const absl::Status& status);

// Whether the upstream does not know what was asked for (404), though it may
// have existed all along. Not: 410, which says that it existed once.
bool IsMissing(const absl::Status& status);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_RETRY_POLICY_H_
