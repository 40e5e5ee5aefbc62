#include "upstream/rate_limit.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"

namespace wriftai {
namespace {

constexpr double kSmallestUnixTime = 1e9;           // September 2001.
constexpr double kSmallestUnixMilliseconds = 1e12;  // The same, by mistake.

std::optional<int64_t> Count(absl::string_view text, int64_t least) {
  int64_t count = 0;
  if (!absl::SimpleAtoi(text, &count) || count < least) return std::nullopt;
  return count;
}

std::optional<absl::Duration> UntilReset(absl::string_view text,
                                         absl::Time wall_now) {
  double seconds = 0;
  if (!absl::SimpleAtod(text, &seconds) || !(seconds >= 0)) return std::nullopt;
  if (seconds >= kSmallestUnixMilliseconds) seconds /= 1000;
  const absl::Duration after =
      seconds >= kSmallestUnixTime
          ? absl::UnixEpoch() + absl::Seconds(seconds) - wall_now
          : absl::Seconds(seconds);
  return std::clamp(after, absl::ZeroDuration(), kLongestReset);
}

}  // namespace

RateLimit RateLimitFromHeaders(const HttpResponse& response,
                               absl::Time wall_now) {
  RateLimit rate;
  rate.limit = Count(response.Header("x-ratelimit-limit"), 1);
  rate.remaining = Count(response.Header("x-ratelimit-remaining"), 0);
  rate.reset_after = UntilReset(response.Header("x-ratelimit-reset"), wall_now);
  if (!rate.reset_after.has_value()) {
    rate.reset_after = UntilReset(response.Header("retry-after"), wall_now);
  }
  return rate;
}

}  // namespace wriftai
