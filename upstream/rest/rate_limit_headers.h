#ifndef WRIFTAI_UPSTREAM_REST_RATE_LIMIT_HEADERS_H_
#define WRIFTAI_UPSTREAM_REST_RATE_LIMIT_HEADERS_H_

#include "absl/time/time.h"
#include "upstream/budget/rate_limit.h"
#include "upstream/http/http_message.h"

namespace wriftai {

// Reads `x-ratelimit-limit`, `-remaining` and `-reset`, and `retry-after` in
// seconds where there is no reset. The API sends reset as a Unix time in
// seconds, the vendor's registry as seconds from now (Rate-blog): below 10^9
// it is the latter. Missing, negative or unreadable headers are left out; a
// reset in the past is zero.
//
// A Unix time is compared with `wall_now` (Scheduler::WallNow()), which may be
// wrong or step. The reply's own `date` is of the clock that the reset is of,
// in whole seconds: it holds the result to within the second that it names.
// Any thread.
RateLimit RateLimitFromHeaders(const HttpResponse& response,
                               absl::Time wall_now);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_REST_RATE_LIMIT_HEADERS_H_
