#include "upstream/rest/rate_limit_headers.h"

#include <algorithm>
#include <string>

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

// The clock that the reply came from; nothing where it does not say.
std::optional<absl::Time> DateOf(const HttpResponse& response) {
  absl::Time date;
  std::string error;
  // RFC 9110, section 5.6.7.
  if (!absl::ParseTime("%a, %d %b %Y %H:%M:%S GMT",
                       std::string(response.Header("date")), &date, &error)) {
    return std::nullopt;
  }
  return date;
}

absl::Duration UntilTime(absl::Time reset, const HttpResponse& response,
                         absl::Time wall_now) {
  const absl::Duration by_our_clock = reset - wall_now;
  const auto date = DateOf(response);
  if (!date.has_value()) return by_our_clock;
  return std::clamp(by_our_clock, reset - *date - absl::Seconds(1),
                    reset - *date);
}

void ReadReset(absl::string_view text, const HttpResponse& response,
               absl::Time wall_now, RateLimit& rate) {
  double seconds = 0;
  if (!absl::SimpleAtod(text, &seconds) || !(seconds >= 0)) return;
  if (seconds >= kSmallestUnixMilliseconds) seconds /= 1000;
  rate.reset_is_time = seconds >= kSmallestUnixTime;
  const absl::Duration after =
      rate.reset_is_time ? UntilTime(absl::UnixEpoch() + absl::Seconds(seconds),
                                     response, wall_now)
                         : absl::Seconds(seconds);
  rate.reset_after = std::clamp(after, absl::ZeroDuration(), kLongestReset);
}

}  // namespace

RateLimit RateLimitFromHeaders(const HttpResponse& response,
                               absl::Time wall_now) {
  RateLimit rate;
  rate.limit = Count(response.Header("x-ratelimit-limit"), 1);
  rate.remaining = Count(response.Header("x-ratelimit-remaining"), 0);
  ReadReset(response.Header("x-ratelimit-reset"), response, wall_now, rate);
  if (!rate.reset_after.has_value()) {
    ReadReset(response.Header("retry-after"), response, wall_now, rate);
  }
  return rate;
}

}  // namespace wriftai
