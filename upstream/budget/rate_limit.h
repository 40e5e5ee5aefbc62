#ifndef WRIFTAI_UPSTREAM_BUDGET_RATE_LIMIT_H_
#define WRIFTAI_UPSTREAM_BUDGET_RATE_LIMIT_H_

#include <cstdint>
#include <optional>

#include "absl/time/time.h"

namespace wriftai {

// What a response says of the upstream's rate limit, as far as it can be
// believed. A value.
struct RateLimit {
  std::optional<int64_t> limit;      // Requests in a window, from 1.
  std::optional<int64_t> remaining;  // Of them left, from 0.

  // From the response's arrival until the window ends, from 0 to kMaxReset.
  std::optional<absl::Duration> reset_after;

  // How long the upstream asks to wait (Retry-After), from 0 to
  // kMaxRetryAfter. It also stands in for a reset that is not named.
  std::optional<absl::Duration> retry_after;

  // Whether the upstream gave the reset as a point of time, which all responses
  // of one window share, or as seconds from now, rounded.
  bool reset_is_time = false;

  // Whether `retry_after` stands in for the reset. It is about the same request
  // again: it says nothing of a window, and maybe nothing of other requests.
  bool reset_is_retry_after = false;
};

// A window that is said to end later than this is taken for this: the
// published windows are seconds long, and a wrong header must not silence a
// credential for hours.
inline constexpr absl::Duration kMaxReset = absl::Minutes(5);

// What is passed on of a longer Retry-After: an outage that was planned may
// take an hour, and what says more is likely a mistake. The gateway itself
// asks again after kMaxReset.
inline constexpr absl::Duration kMaxRetryAfter = absl::Hours(1);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_BUDGET_RATE_LIMIT_H_
