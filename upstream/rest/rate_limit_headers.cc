#include "upstream/rest/rate_limit_headers.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "upstream/rest/http_date.h"

namespace wriftai {
namespace {

constexpr double kMinUnixTime = 1e9;           // September 2001.
constexpr double kMinUnixMilliseconds = 1e12;  // The same, by mistake.

// Enough for several dates. Longer values are ignored.
constexpr size_t kMaxRetryAfterBytes = 256;

std::optional<int64_t> Count(absl::string_view text, int64_t min) {
  int64_t count = 0;
  if (!absl::SimpleAtoi(text, &count) || count < min) return std::nullopt;
  return count;
}

// The time of the response by the upstream's clock, or nullopt.
std::optional<absl::Time> DateOf(const HttpResponse& response,
                                 absl::Time wall_now) {
  return ParseHttpDate(response.Header("date"), wall_now);
}

absl::Duration UntilTime(absl::Time reset, const HttpResponse& response,
                         absl::Time wall_now) {
  const absl::Duration by_our_clock = reset - wall_now;
  const auto date = DateOf(response, wall_now);
  if (!date.has_value()) return by_our_clock;
  return std::clamp(by_our_clock, reset - *date - absl::Seconds(1),
                    reset - *date);
}

void ReadReset(absl::string_view text, const HttpResponse& response,
               absl::Time wall_now, RateLimit& rate) {
  double seconds = 0;
  if (!absl::SimpleAtod(text, &seconds) || !(seconds >= 0)) return;
  if (seconds >= kMinUnixMilliseconds) seconds /= 1000;
  rate.reset_is_time = seconds >= kMinUnixTime;
  const absl::Duration after =
      rate.reset_is_time ? UntilTime(absl::UnixEpoch() + absl::Seconds(seconds),
                                     response, wall_now)
                         : absl::Seconds(seconds);
  rate.reset_after = std::clamp(after, absl::ZeroDuration(), kMaxReset);
}

bool IsSeconds(absl::string_view text) {
  return !text.empty() && absl::ascii_isdigit(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isdigit(static_cast<unsigned char>(c)) ||
                  c == '.';
         });
}

// One value of Retry-After. nullopt if it is invalid.
std::optional<absl::Duration> RetryAfter(absl::string_view text,
                                         const HttpResponse& response,
                                         absl::Time wall_now) {
  text = absl::StripAsciiWhitespace(text);
  double seconds = 0;
  std::optional<absl::Time> when = ParseHttpDate(text, wall_now);
  if (!when.has_value()) {
    if (!IsSeconds(text) || !absl::SimpleAtod(text, &seconds)) {
      return std::nullopt;
    }
    if (seconds < kMinUnixTime) return absl::Seconds(seconds);
    // Not a delay of thirty years, but a Unix time by mistake.
    if (seconds >= kMinUnixMilliseconds) seconds /= 1000;
    when = absl::UnixEpoch() + absl::Seconds(seconds);
  }
  const absl::Duration by_our_clock = *when - wall_now;
  const auto date = DateOf(response, wall_now);
  if (!date.has_value()) return by_our_clock;
  // A clock that was never set, or the Date of a cached response, is hours or
  // years off.
  const absl::Duration by_their_clock = *when - *date;
  const bool is_absurd = by_their_clock > kMaxRetryAfter;
  return is_absurd && by_our_clock > absl::ZeroDuration()
             ? std::min(by_their_clock, by_our_clock)
             : by_their_clock;
}

std::optional<absl::Duration> RetryAfter(const HttpResponse& response,
                                         absl::Time wall_now) {
  std::optional<absl::Duration> longest;
  const auto consider = [&](std::optional<absl::Duration> delay) {
    if (!delay.has_value()) return false;
    longest = std::max(longest.value_or(absl::ZeroDuration()),
                       std::min(*delay, kMaxRetryAfter));
    return true;
  };
  for (const auto& [name, value] : response.headers) {
    if (name != "retry-after" || value.size() > kMaxRetryAfterBytes) continue;
    // An HTTP-date contains a comma.
    if (consider(RetryAfter(value, response, wall_now))) continue;
    for (const absl::string_view part : absl::StrSplit(value, ',')) {
      consider(RetryAfter(part, response, wall_now));
    }
  }
  return longest;
}

}  // namespace

RateLimit RateLimitFromHeaders(const HttpResponse& response,
                               absl::Time wall_now) {
  RateLimit rate;
  rate.limit = Count(response.Header("x-ratelimit-limit"), 1);
  rate.remaining = Count(response.Header("x-ratelimit-remaining"), 0);
  ReadReset(response.Header("x-ratelimit-reset"), response, wall_now, rate);
  rate.retry_after = RetryAfter(response, wall_now);
  if (!rate.reset_after.has_value() && rate.retry_after.has_value()) {
    rate.reset_after = std::min(*rate.retry_after, kMaxReset);
    rate.reset_is_retry_after = true;
  }
  return rate;
}

std::optional<absl::Duration> RetryDelayFrom(const RateLimit& rate) {
  if (!rate.reset_after.has_value() && !rate.retry_after.has_value()) {
    return std::nullopt;
  }
  constexpr absl::Duration kMinRetryDelay = absl::Seconds(1);
  return std::max({kMinRetryDelay,
                   rate.reset_after.value_or(absl::ZeroDuration()),
                   rate.retry_after.value_or(absl::ZeroDuration())});
}

}  // namespace wriftai
