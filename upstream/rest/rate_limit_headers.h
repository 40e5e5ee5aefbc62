#ifndef WRIFTAI_UPSTREAM_REST_RATE_LIMIT_HEADERS_H_
#define WRIFTAI_UPSTREAM_REST_RATE_LIMIT_HEADERS_H_

#include <optional>

#include "absl/time/time.h"
#include "upstream/budget/rate_limit.h"
#include "upstream/http/http_message.h"

namespace wriftai {

// Reads `x-ratelimit-limit`, `-remaining`, `-reset`, and `retry-after`. The API
// sends reset as a Unix time in seconds, the vendor's registry as seconds from
// now (Rate-blog): below 10^9 it is the latter. Missing, negative or unreadable
// headers are left out; a reset in the past is zero.
//
// A Unix time is compared with `wall_now` (EventLoop::WallNow()), which may be
// wrong or step. The response's own `date` is of the clock that the reset is
// of, in whole seconds: it holds the result to within the second that it names.
//
// `retry-after` (RFC 9110, section 10.2.3) is a number of seconds, or an
// HTTP-date, which is compared with the response's `date` where it has one. Of
// several values, in one header or in more, the longest counts.
// Any thread.
RateLimit RateLimitFromHeaders(const HttpResponse& response,
                               absl::Time wall_now);

// What to tell a caller that `rate` refused, or that met an outage: the longer
// of reset and Retry-After, but no less than a second, the published limits'
// window: a caller told "0 s" comes back within the same window. Nothing where
// the upstream names neither. Any thread.
std::optional<absl::Duration> RetryDelayFrom(const RateLimit& rate);

// What a 429 that names no time is taken to mean.
inline constexpr absl::Duration kDefaultRetryDelay = absl::Seconds(1);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_REST_RATE_LIMIT_HEADERS_H_
