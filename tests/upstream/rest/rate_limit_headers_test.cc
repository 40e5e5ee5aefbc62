#include "upstream/rest/rate_limit_headers.h"

#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace wriftai {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'751'414'800);

RateLimit Read(const char* limit, const char* remaining, const char* reset) {
  HttpResponse response;
  response.headers = {{"x-ratelimit-limit", limit},
                      {"x-ratelimit-remaining", remaining},
                      {"x-ratelimit-reset", reset}};
  return RateLimitFromHeaders(response, kNow);
}

TEST(RateLimitHeadersTest, ParsesUnixTimeReset) {
  const RateLimit rate = Read("3", "2", "1751414820");
  EXPECT_EQ(rate.limit, 3);
  EXPECT_EQ(rate.remaining, 2);
  EXPECT_EQ(rate.reset_after, absl::Seconds(20));
}

TEST(RateLimitHeadersTest, ParsesResetInSecondsFromNow) {
  EXPECT_EQ(Read("3", "0", "7").reset_after, absl::Seconds(7));
  EXPECT_EQ(Read("3", "0", "0.25").reset_after, absl::Milliseconds(250));
}

TEST(RateLimitHeadersTest, ParsesResetInUnixMilliseconds) {
  EXPECT_EQ(Read("3", "0", "1751414803000").reset_after, absl::Seconds(3));
}

TEST(RateLimitHeadersTest, ClampsPastResetToZero) {
  EXPECT_EQ(Read("3", "0", "1751414000").reset_after, absl::ZeroDuration());
}

TEST(RateLimitHeadersTest, BoundsReset) {
  EXPECT_EQ(Read("3", "0", "4102444800").reset_after, kMaxReset);
  EXPECT_EQ(Read("3", "0", "99999").reset_after, kMaxReset);
  EXPECT_EQ(Read("3", "0", "1e300").reset_after, kMaxReset);
  EXPECT_EQ(Read("3", "0", "inf").reset_after, kMaxReset);
}

TEST(RateLimitHeadersTest, IgnoresInvalidValues) {
  for (const char* bad : {"", "-1", "many", "nan", "3 4", "0x10"}) {
    const RateLimit rate = Read(bad, bad, bad);
    EXPECT_EQ(rate.limit, std::nullopt) << bad;
    EXPECT_EQ(rate.remaining, std::nullopt) << bad;
    if (std::string(bad) != "0x10") {
      EXPECT_EQ(rate.reset_after, std::nullopt) << bad;
    }
  }
}

TEST(RateLimitHeadersTest, IgnoresLimitOfZero) {
  EXPECT_EQ(Read("0", "0", "1").limit, std::nullopt);
}

TEST(RateLimitHeadersTest, IgnoresMissingHeaders) {
  const RateLimit rate = RateLimitFromHeaders(HttpResponse(), kNow);
  EXPECT_EQ(rate.limit, std::nullopt);
  EXPECT_EQ(rate.remaining, std::nullopt);
  EXPECT_EQ(rate.reset_after, std::nullopt);
}

TEST(RateLimitHeadersTest, UsesRetryAfterWithoutReset) {
  HttpResponse response;
  response.headers = {{"retry-after", "4"}};
  EXPECT_EQ(RateLimitFromHeaders(response, kNow).reset_after, absl::Seconds(4));
}

RateLimit ReadRetryAfter(std::vector<std::string> values,
                         const char* date = "") {
  HttpResponse response;
  if (*date != '\0') response.headers.emplace_back("date", date);
  for (std::string& value : values) {
    response.headers.emplace_back("retry-after", std::move(value));
  }
  return RateLimitFromHeaders(response, kNow);
}

TEST(RetryAfterTest, AcceptsHttpDateInAllForms) {
  for (const char* const date :
       {"Wed, 02 Jul 2025 00:07:10 GMT", "Wednesday, 02-Jul-25 00:07:10 GMT",
        "Wed Jul  2 00:07:10 2025", "Wed Jul 02 00:07:10 2025",
        "Wed, 2 Jul 2025 00:07:10 GMT"}) {
    const RateLimit rate = ReadRetryAfter({date});
    EXPECT_EQ(rate.retry_after, absl::Seconds(30)) << date;
    EXPECT_EQ(rate.reset_after, absl::Seconds(30)) << date;
    EXPECT_FALSE(rate.reset_is_time) << date;
  }
}

TEST(RetryAfterTest, MeasuresDateByClockOfResponse) {
  for (const char* const date :
       {"Thu, 01 Jan 2032 00:00:00 GMT", "Thursday, 01-Jan-32 00:00:00 GMT",
        "Thu Jan  1 00:00:00 2032"}) {
    EXPECT_EQ(
        ReadRetryAfter({"Thu, 01 Jan 2032 00:01:30 GMT"}, date).retry_after,
        absl::Seconds(90))
        << date;
  }
}

TEST(RetryAfterTest, MeasuresDateByOurClockIfClockOfResponseIsWrong) {
  EXPECT_EQ(ReadRetryAfter({"Wed, 02 Jul 2025 00:07:10 GMT"},
                           "Thu, 01 Jan 1970 00:00:00 GMT")
                .retry_after,
            absl::Seconds(30));
  EXPECT_EQ(ReadRetryAfter({"Wed, 02 Jul 2025 00:07:10 GMT"},
                           "Tue, 01 Jul 2025 22:00:00 GMT")
                .retry_after,
            absl::Seconds(30));
  // A long outage by a clock ahead of ours.
  EXPECT_EQ(ReadRetryAfter({"Wed, 02 Jul 2025 04:00:00 GMT"},
                           "Wed, 02 Jul 2025 01:00:00 GMT")
                .retry_after,
            kMaxRetryAfter);
}

TEST(RetryAfterTest, ClampsPastDateToZero) {
  EXPECT_EQ(ReadRetryAfter({"Sun, 06 Nov 1994 08:49:37 GMT"}).retry_after,
            absl::ZeroDuration());
  EXPECT_EQ(ReadRetryAfter({"0"}).retry_after, absl::ZeroDuration());
}

TEST(RetryAfterTest, BoundsDelayByOneHour) {
  for (const std::string& value :
       {std::string("7200"), std::string("99999999999999999999"),
        std::string("2147483647"), std::string(200, '9'),
        std::string("Fri, 31 Dec 9999 23:59:59 GMT")}) {
    const RateLimit rate = ReadRetryAfter({value});
    EXPECT_EQ(rate.retry_after, kMaxRetryAfter) << value;
    EXPECT_EQ(rate.reset_after, kMaxReset) << value;
  }
}

TEST(RetryAfterTest, UsesLongestOfSeveralValues) {
  EXPECT_EQ(ReadRetryAfter({"3", "8", "5"}).retry_after, absl::Seconds(8));
  EXPECT_EQ(ReadRetryAfter({"3, 8,5"}).retry_after, absl::Seconds(8));
  EXPECT_EQ(ReadRetryAfter({"soon", "5"}).retry_after, absl::Seconds(5));
  EXPECT_EQ(ReadRetryAfter({"5", "Wed, 02 Jul 2025 00:07:10 GMT"}).retry_after,
            absl::Seconds(30));
}

TEST(RetryAfterTest, AcceptsFraction) {
  EXPECT_EQ(ReadRetryAfter({"1.5"}).retry_after, absl::Milliseconds(1500));
}

TEST(RetryAfterTest, IgnoresInvalidValues) {
  for (const std::string& value :
       {std::string(), std::string("-1"), std::string("+1"),
        std::string("soon"), std::string("1e3"), std::string("inf"),
        std::string("0x10"), std::string("1.2.3"), std::string("5 seconds"),
        std::string("Wed, 31 Jun 2025 00:00:00 GMT"),
        std::string("Wed, 02 Jul 2025 24:00:00 GMT"),
        std::string("Wed, 02 Jul 2025 00:07:10 CET"),
        std::string("Wed, 02 Jul 2025 00:07:10"),
        std::string("infinite-future"), std::string("\xff\xfe"),
        std::string(1 << 16, ',')}) {
    const RateLimit rate = ReadRetryAfter({value});
    EXPECT_EQ(rate.retry_after, std::nullopt) << value;
    EXPECT_EQ(rate.reset_after, std::nullopt) << value;
  }
}

TEST(RetryAfterTest, IsKeptBesideReset) {
  HttpResponse response;
  response.headers = {{"x-ratelimit-reset", "3"}, {"retry-after", "60"}};
  const RateLimit rate = RateLimitFromHeaders(response, kNow);
  EXPECT_EQ(rate.reset_after, absl::Seconds(3));
  EXPECT_EQ(rate.retry_after, absl::Seconds(60));
  EXPECT_EQ(RetryDelayFrom(rate), absl::Seconds(60));
}

TEST(RetryDelayFromTest, IsAtLeastOneSecond) {
  EXPECT_EQ(RetryDelayFrom(Read("3", "0", "0")), absl::Seconds(1));
  EXPECT_EQ(RetryDelayFrom(Read("3", "0", "0.1")), absl::Seconds(1));
  EXPECT_EQ(RetryDelayFrom(ReadRetryAfter({"0"})), absl::Seconds(1));
  EXPECT_EQ(RetryDelayFrom(RateLimit()), std::nullopt);
}

// A response sent at kNow with a reset one second later, parsed with a clock
// that is off by `step`.
RateLimit ReadWithClockStep(absl::Duration step) {
  HttpResponse response;
  response.headers = {{"x-ratelimit-reset", "1751414801"},
                      {"date", "Wed, 02 Jul 2025 00:06:40 GMT"}};
  return RateLimitFromHeaders(response, kNow + step);
}

TEST(RateLimitHeadersTest, BoundsClockStepByDateOfResponse) {
  EXPECT_EQ(ReadWithClockStep(absl::ZeroDuration()).reset_after,
            absl::Seconds(1));
  EXPECT_EQ(ReadWithClockStep(absl::Milliseconds(400)).reset_after,
            absl::Milliseconds(600));
  EXPECT_EQ(ReadWithClockStep(absl::Hours(2)).reset_after,
            absl::ZeroDuration());
  EXPECT_EQ(ReadWithClockStep(-absl::Hours(2)).reset_after, absl::Seconds(1));
}

TEST(RateLimitHeadersTest, UsesOurClockIfDateIsInvalid) {
  HttpResponse response;
  response.headers = {{"x-ratelimit-reset", "1751414803"},
                      {"date", "yesterday"}};
  EXPECT_EQ(RateLimitFromHeaders(response, kNow).reset_after, absl::Seconds(3));
}

TEST(RateLimitHeadersTest, ReportsWhetherResetIsPointInTime) {
  EXPECT_TRUE(Read("3", "2", "1751414820").reset_is_time);
  EXPECT_FALSE(Read("3", "2", "20").reset_is_time);
}

}  // namespace
}  // namespace wriftai
