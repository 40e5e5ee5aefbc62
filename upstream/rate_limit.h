#ifndef WRIFTAI_UPSTREAM_RATE_LIMIT_H_
#define WRIFTAI_UPSTREAM_RATE_LIMIT_H_

#include <cstdint>
#include <optional>

#include "absl/time/time.h"
#include "upstream/http/http_message.h"

namespace wriftai {

// What a reply says of the upstream's rate limit, as far as it can be
// believed.
struct RateLimit {
  std::optional<int64_t> limit;      // Requests in a window, from 1.
  std::optional<int64_t> remaining;  // Of them left, from 0.

  // Until the window ends, from 0 to kLongestReset.
  std::optional<absl::Duration> reset_after;
};

// A window that is said to end later than this is taken for this: the
// published windows are seconds long, and a wrong header must not silence a
// credential for hours.
inline constexpr absl::Duration kLongestReset = absl::Minutes(5);

// Reads `x-ratelimit-limit`, `-remaining` and `-reset`, and `retry-after` in
// seconds where there is no reset. The API sends reset as a Unix time in
// seconds, the vendor's registry as seconds from now (Rate-blog): below 10^9
// it is the latter. Missing, negative or unreadable headers are left out; a
// reset in the past is zero. `wall_now`: Scheduler::WallNow(). Any thread.
RateLimit RateLimitFromHeaders(const HttpResponse& response,
                               absl::Time wall_now);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_RATE_LIMIT_H_
