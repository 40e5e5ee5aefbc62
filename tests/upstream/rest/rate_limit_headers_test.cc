#include "upstream/rest/rate_limit_headers.h"

#include <string>

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

TEST(RateLimit, ReadsAnEpochReset) {
  const RateLimit rate = Read("3", "2", "1751414820");
  EXPECT_EQ(rate.limit, 3);
  EXPECT_EQ(rate.remaining, 2);
  EXPECT_EQ(rate.reset_after, absl::Seconds(20));
}

TEST(RateLimit, ReadsAResetInSecondsFromNow) {
  EXPECT_EQ(Read("3", "0", "7").reset_after, absl::Seconds(7));
  EXPECT_EQ(Read("3", "0", "0.25").reset_after, absl::Milliseconds(250));
}

TEST(RateLimit, ReadsAnEpochInMilliseconds) {
  EXPECT_EQ(Read("3", "0", "1751414803000").reset_after, absl::Seconds(3));
}

TEST(RateLimit, AResetInThePastIsNow) {
  EXPECT_EQ(Read("3", "0", "1751414000").reset_after, absl::ZeroDuration());
}

TEST(RateLimit, AnAbsurdResetIsBounded) {
  EXPECT_EQ(Read("3", "0", "4102444800").reset_after, kLongestReset);
  EXPECT_EQ(Read("3", "0", "99999").reset_after, kLongestReset);
  EXPECT_EQ(Read("3", "0", "1e300").reset_after, kLongestReset);
  EXPECT_EQ(Read("3", "0", "inf").reset_after, kLongestReset);
}

TEST(RateLimit, WhatCannotBeReadIsLeftOut) {
  for (const char* bad : {"", "-1", "many", "nan", "3 4", "0x10"}) {
    const RateLimit rate = Read(bad, bad, bad);
    EXPECT_EQ(rate.limit, std::nullopt) << bad;
    EXPECT_EQ(rate.remaining, std::nullopt) << bad;
    if (std::string(bad) != "0x10") {
      EXPECT_EQ(rate.reset_after, std::nullopt) << bad;
    }
  }
}

TEST(RateLimit, ALimitOfZeroIsNone) {
  EXPECT_EQ(Read("0", "0", "1").limit, std::nullopt);
}

TEST(RateLimit, MissingHeadersAreLeftOut) {
  const RateLimit rate = RateLimitFromHeaders(HttpResponse(), kNow);
  EXPECT_EQ(rate.limit, std::nullopt);
  EXPECT_EQ(rate.remaining, std::nullopt);
  EXPECT_EQ(rate.reset_after, std::nullopt);
}

TEST(RateLimit, RetryAfterStandsInForTheReset) {
  HttpResponse response;
  response.headers = {{"retry-after", "4"}};
  EXPECT_EQ(RateLimitFromHeaders(response, kNow).reset_after, absl::Seconds(4));
}

// A reply that was sent at kNow, and names the end of the second after, as our
// clock sees it when it is wrong by `step`.
RateLimit ReadWithClockStep(absl::Duration step) {
  HttpResponse response;
  response.headers = {{"x-ratelimit-reset", "1751414801"},
                      {"date", "Wed, 02 Jul 2025 00:06:40 GMT"}};
  return RateLimitFromHeaders(response, kNow + step);
}

TEST(RateLimit, AStepOfOurClockIsHeldToTheRepliesOwn) {
  EXPECT_EQ(ReadWithClockStep(absl::ZeroDuration()).reset_after,
            absl::Seconds(1));
  EXPECT_EQ(ReadWithClockStep(absl::Milliseconds(400)).reset_after,
            absl::Milliseconds(600));
  EXPECT_EQ(ReadWithClockStep(absl::Hours(2)).reset_after,
            absl::ZeroDuration());
  EXPECT_EQ(ReadWithClockStep(-absl::Hours(2)).reset_after, absl::Seconds(1));
}

TEST(RateLimit, ADateThatCannotBeReadLeavesItToOurClock) {
  HttpResponse response;
  response.headers = {{"x-ratelimit-reset", "1751414803"},
                      {"date", "yesterday"}};
  EXPECT_EQ(RateLimitFromHeaders(response, kNow).reset_after, absl::Seconds(3));
}

TEST(RateLimit, SaysWhetherTheResetIsAPointOfTime) {
  EXPECT_TRUE(Read("3", "2", "1751414820").reset_is_time);
  EXPECT_FALSE(Read("3", "2", "20").reset_is_time);
}

}  // namespace
}  // namespace wriftai
