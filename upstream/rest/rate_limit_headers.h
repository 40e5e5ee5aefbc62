#ifndef WRIFTAI_UPSTREAM_REST_RATE_LIMIT_HEADERS_H_
#define WRIFTAI_UPSTREAM_REST_RATE_LIMIT_HEADERS_H_

#include <optional>

#include "absl/time/time.h"
#include "upstream/budget/rate_limit.h"
#include "upstream/http/http_message.h"

namespace wriftai {

// Parses `x-ratelimit-limit`, `-remaining`, `-reset`, and `retry-after`. The
// API sends reset as a Unix time in seconds, the vendor's registry as seconds
// from now (Rate-blog); values below 10^9 are the latter. Missing, negative and
// invalid headers are ignored; a reset in the past is zero.
//
// A Unix time is relative to `wall_now` (EventLoop::WallNow()), which may be
// wrong or step. The response's `date` comes from the same clock as the reset,
// in whole seconds, and bounds the result to within that second.
//
// `retry-after` (RFC 9110, section 10.2.3) is a number of seconds, or an
// HTTP-date relative to the response's `date`, if there is one. Of several
// values, in one or more headers, the longest applies. Any thread.
RateLimit RateLimitFromHeaders(const HttpResponse& response,
                               absl::Time wall_now);

// RetryInfo delay after a rate limit or outage: the longer of reset and
// Retry-After, at least 1 s. That is the published window; with "0 s" a caller
// would retry within the same window. nullopt if `rate` has neither. Any
// thread.
std::optional<absl::Duration> RetryDelayFrom(const RateLimit& rate);

// Delay after a 429 without a reset or Retry-After.
inline constexpr absl::Duration kDefaultRetryDelay = absl::Seconds(1);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_REST_RATE_LIMIT_HEADERS_H_
