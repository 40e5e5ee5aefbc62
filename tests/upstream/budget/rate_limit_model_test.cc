#include "upstream/budget/rate_limit_model.h"

#include <limits>

#include "gtest/gtest.h"

namespace wriftai {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// What a response of a window says that ends `reset` after it.
RateLimit Says(int64_t limit, int64_t remaining, double reset) {
  RateLimit rate;
  rate.limit = limit;
  rate.remaining = remaining;
  rate.reset_after = absl::Seconds(reset);
  rate.reset_is_time = true;
  return rate;
}

class RateLimitModelTest : public ::testing::Test {
 protected:
  absl::Time now() const { return now_; }
  void Advance(double seconds) { now_ += absl::Seconds(seconds); }

  // Seconds until a request of the lane may go.
  double Until(Priority lane) {
    return absl::ToDoubleSeconds(model_.Earliest(lane, now_) - now_);
  }

  void Exchange(const RateLimit& rate) {
    model_.OnSent(now_);
    model_.OnResponse(now_, rate);
  }

  bool Limited(const RateLimit& rate) {
    model_.OnSent(now_);
    return model_.OnLimited(now_, rate);
  }

  absl::Time now_ = kStart;
  RateLimitModel model_{3};
};

TEST_F(RateLimitModelTest, BeginsWithOneRequest) {
  EXPECT_EQ(Until(Priority::kPoll), 0);
  model_.OnSent(now());
  EXPECT_NEAR(Until(Priority::kCall), 1.0 / 3, 1e-3);
}

TEST_F(RateLimitModelTest, WithoutHeadersPollsAreSpacedALittleWider) {
  Exchange(RateLimit());
  EXPECT_NEAR(Until(Priority::kCall), 1.0 / 3, 1e-3);
  EXPECT_NEAR(Until(Priority::kPoll), 1.05 / 3, 1e-3);
}

TEST_F(RateLimitModelTest, ARetryAfterPausesAndSaysNothingOfTheWindow) {
  RateLimit proxys;
  proxys.retry_after = absl::Seconds(20);
  proxys.reset_after = proxys.retry_after;  // It stands in for a reset.
  proxys.reset_is_retry_after = true;
  Limited(proxys);
  EXPECT_NEAR(Until(Priority::kCall), 20, 1e-3);
  Advance(20);
  Exchange(RateLimit());
  EXPECT_LT(Until(Priority::kCall), 1.1) << "the rate is what it was";
}

TEST_F(RateLimitModelTest, ALongerRetryAfterOutlastsTheReset) {
  RateLimit both = Says(3, 0, 0.4);
  both.retry_after = absl::Seconds(7);
  Limited(both);
  EXPECT_NEAR(Until(Priority::kCall), 7, 1e-3);
}

TEST_F(RateLimitModelTest, AnAbsurdRetryAfterPausesNoLongerThanAnAbsurdReset) {
  RateLimit both = Says(3, 0, 0.4);
  both.retry_after = kMaxRetryAfter;
  Limited(both);
  EXPECT_NEAR(Until(Priority::kCall), absl::ToDoubleSeconds(kMaxReset), 1e-3);
}

TEST_F(RateLimitModelTest, A429PausesExactlyUntilItsReset) {
  RateLimit rate = Says(3, 0, 0.4);
  rate.reset_is_time = false;
  Limited(rate);
  EXPECT_EQ(model_.Earliest(Priority::kCall, now()),
            now() + absl::Seconds(0.4));
  EXPECT_TRUE(model_.paused(now()));
  Advance(0.4);
  EXPECT_FALSE(model_.paused(now()));
  EXPECT_EQ(Until(Priority::kCall), 0);
}

TEST_F(RateLimitModelTest, A429ThatNamesTheEndOfItsWindowIsHeldABitLonger) {
  Limited(Says(3, 0, 0.4));
  // A request that is sent at the very end may arrive before it.
  EXPECT_NEAR(Until(Priority::kCall), 0.43, 1e-9);
}

TEST_F(RateLimitModelTest, A429WithoutAResetPausesForAWindow) {
  Limited(RateLimit());
  EXPECT_NEAR(Until(Priority::kCall), 1, 1e-9);
}

TEST_F(RateLimitModelTest, A429WhoseResetIsInThePastPausesForNothing) {
  RateLimit rate;
  rate.reset_after = absl::ZeroDuration();
  Limited(rate);
  EXPECT_FALSE(model_.paused(now()));
}

TEST_F(RateLimitModelTest, A429OfAWindowOfAMinuteIsBelieved) {
  Limited(Says(180, 0, 60));
  EXPECT_NEAR(model_.rate(), 30.0 / 60, 1e-9)
      << "ten times the flags' limit at the most";
  EXPECT_GE(Until(Priority::kPoll), 60);
}

TEST_F(RateLimitModelTest, A429InAWindowOfOursAloneIsOurOwn) {
  EXPECT_FALSE(Limited(RateLimit()));
}

TEST_F(RateLimitModelTest, A429InAWindowThatOthersUsedIsTheirsToo) {
  // A count: the third request of a window shows it.
  Exchange(Says(3, 2, 0.9));
  Advance(0.4);
  Exchange(Says(3, 1, 0.5));
  Advance(0.6);
  Exchange(Says(3, 0, 0.9));
  EXPECT_EQ(model_.others(), 2);
  Advance(0.1);
  EXPECT_TRUE(Limited(Says(3, 0, 0.8)));
}

TEST_F(RateLimitModelTest, WhatOthersUsedIsLeftToThem) {
  Exchange(Says(3, 2, 0.9));
  Advance(0.4);
  Exchange(Says(3, 1, 0.5));
  Advance(0.6);
  Exchange(Says(3, 0, 0.9));
  // One of three is ours: the next goes in the next window.
  Advance(0.95);
  ASSERT_NEAR(Until(Priority::kCall), 0, 1e-9);
  Exchange(Says(3, 2, 0.95));
  EXPECT_GE(Until(Priority::kCall), 0.95);
}

TEST_F(RateLimitModelTest, NothingGoesWhereNothingIsLeftAndTheKindIsNotKnown) {
  Exchange(Says(3, 0, 0.7));
  EXPECT_NEAR(Until(Priority::kCall), 0.7, 0.05);
}

TEST_F(RateLimitModelTest, ARaisedLimitIsLearnt) {
  Exchange(Says(9, 8, 0.9));
  EXPECT_EQ(model_.limit(), 9);
  EXPECT_NEAR(model_.rate(), 9, 1e-9);
}

TEST_F(RateLimitModelTest, ALoweredLimitIsLearnt) {
  Exchange(Says(1, 0, 0.9));
  EXPECT_EQ(model_.limit(), 1);
  EXPECT_NEAR(model_.rate(), 1, 1e-9);
}

TEST_F(RateLimitModelTest, AnAbsurdLimitIsBelievedUpToTenTimesTheFlags) {
  Exchange(Says(1'000'000'000, 999'999'999, 0.9));
  EXPECT_EQ(model_.limit(), 30);
}

TEST_F(RateLimitModelTest, AnAbsurdResetChangesNothing) {
  Exchange(Says(3, 2, 300));
  EXPECT_NEAR(model_.rate(), 3, 1e-9);
  EXPECT_LE(Until(Priority::kCall), 0.5);
}

TEST_F(RateLimitModelTest, AWindowOfAMinuteIsBelievedWhereItGrantsAsMuch) {
  RateLimitModel estimate(3);
  estimate.OnSent(now());
  RateLimit rate = Says(30, 29, 10);
  estimate.OnResponse(now(), rate);
  EXPECT_NEAR(estimate.rate(), 3, 1e-9);
  EXPECT_EQ(estimate.limit(), 30);
}

TEST(UnlimitedRateEstimate, NothingWaitsUntilAReplyNamesALimit) {
  RateLimitModel estimate(kInfinity);
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(estimate.Earliest(Priority::kPoll, kStart), kStart);
    estimate.OnSent(kStart);
    estimate.OnResponse(kStart, RateLimit());
  }
  EXPECT_EQ(estimate.rate(), kInfinity);
  estimate.OnSent(kStart);
  estimate.OnResponse(kStart, Says(3, 0, 0.5));
  EXPECT_NEAR(estimate.rate(), 3, 1e-9);
  EXPECT_GT(estimate.Earliest(Priority::kPoll, kStart), kStart);
}

TEST_F(RateLimitModelTest, AShareIsRoundedDownToWholeRequestsOfAWindow) {
  RateLimitModel half(3, 0.5);
  half.OnSent(now());
  half.OnResponse(now(), Says(3, 2, 0.9));
  // The one of the three is used up; the next goes in the next window.
  EXPECT_GE(half.Earliest(Priority::kCall, now()), now() + absl::Seconds(0.9));
  EXPECT_NEAR(half.own_rate(), 1, 1e-9);
  EXPECT_NEAR(half.rate(), 3, 1e-9);
  EXPECT_EQ(half.others(), 2);
}

TEST_F(RateLimitModelTest, AShareOfLessThanOneRequestInAWindowIsKept) {
  RateLimitModel quarter(3, 0.25);
  quarter.OnSent(now());
  quarter.OnResponse(now(), Says(3, 2, 0.9));
  EXPECT_GE(quarter.Earliest(Priority::kPoll, now()),
            now() + absl::Seconds(1 / 0.75));
  EXPECT_NEAR(quarter.own_rate(), 0.75, 1e-9);
}

TEST_F(RateLimitModelTest, AShareOfALimitThatAReplyNamesIsOfThat) {
  RateLimitModel half(3, 0.5);
  half.OnSent(now());
  half.OnResponse(now(), Says(9, 8, 0.9));
  EXPECT_NEAR(half.own_rate(), 4, 1e-9);
}

TEST_F(RateLimitModelTest, A429WhileReplicasKeepToTheirSharesIsOurs) {
  RateLimitModel half(4, 0.5);
  half.OnSent(now());
  half.OnResponse(now(), Says(4, 3, 0.9));
  half.OnSent(now());
  half.OnResponse(now(), Says(4, 1, 0.9));
  half.OnSent(now());
  EXPECT_FALSE(half.OnLimited(now(), Says(4, 0, 0.9)))
      << "two were the other replica's";
}

TEST_F(RateLimitModelTest, WhoUsesMoreThanTheReplicasIsAnother) {
  RateLimitModel half(4, 0.5);
  half.OnSent(now());
  half.OnResponse(now(), Says(4, 0, 0.9));
  half.OnSent(now());
  EXPECT_TRUE(half.OnLimited(now(), Says(4, 0, 0.9)));
}

}  // namespace
}  // namespace wriftai
