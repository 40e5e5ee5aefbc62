#ifndef WRIFTAI_UPSTREAM_BUDGET_RATE_LIMIT_H_
#define WRIFTAI_UPSTREAM_BUDGET_RATE_LIMIT_H_

#include <cstdint>
#include <optional>

#include "absl/time/time.h"

namespace wriftai {

// The rate limit reported by a response, within plausible bounds. A value.
struct RateLimit {
  std::optional<int64_t> limit;      // Requests per window, at least 1.
  std::optional<int64_t> remaining;  // Requests left, at least 0.

  // From the response's arrival to the window's end, from 0 to kMaxReset.
  std::optional<absl::Duration> reset_after;

  // How long the upstream asks to wait (Retry-After), from 0 to kMaxRetryAfter.
  // Also used as the reset if the response has none.
  std::optional<absl::Duration> retry_after;

  // Whether the upstream gave the reset as a point in time, shared by all
  // responses of a window, rather than as rounded seconds from now.
  bool reset_is_time = false;

  // Whether `reset_after` is copied from `retry_after`. Retry-After is about
  // repeating the same request: it describes no window, and may not apply to
  // other requests.
  bool reset_is_retry_after = false;
};

// Upper bound for a reported reset. The published windows are seconds long, and
// a wrong header must not block a credential for hours.
inline constexpr absl::Duration kMaxReset = absl::Minutes(5);

// Upper bound for a Retry-After that is passed on. A planned outage may take an
// hour; a longer delay is likely a mistake. The gateway itself retries after
// kMaxReset.
inline constexpr absl::Duration kMaxRetryAfter = absl::Hours(1);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_BUDGET_RATE_LIMIT_H_
