#ifndef WRIFTAI_UPSTREAM_BUDGET_RATE_LIMIT_H_
#define WRIFTAI_UPSTREAM_BUDGET_RATE_LIMIT_H_

#include <cstdint>
#include <optional>

#include "absl/time/time.h"

namespace wriftai {

// What a reply says of the upstream's rate limit, as far as it can be
// believed. A value.
struct RateLimit {
  std::optional<int64_t> limit;      // Requests in a window, from 1.
  std::optional<int64_t> remaining;  // Of them left, from 0.

  // From the reply's arrival until the window ends, from 0 to kLongestReset.
  std::optional<absl::Duration> reset_after;

  // Whether the upstream gave the reset as a point of time, which all replies
  // of one window share, or as seconds from now, rounded.
  bool reset_is_time = false;
};

// A window that is said to end later than this is taken for this: the
// published windows are seconds long, and a wrong header must not silence a
// credential for hours.
inline constexpr absl::Duration kLongestReset = absl::Minutes(5);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_BUDGET_RATE_LIMIT_H_
