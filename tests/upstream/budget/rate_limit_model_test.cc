#include "upstream/budget/rate_limit_model.h"

#include <limits>

#include "gtest/gtest.h"

namespace wriftai {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The rate limit of a response whose window ends after `reset` seconds.
RateLimit MakeRateLimit(int64_t limit, int64_t remaining, double reset) {
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

  // Seconds until a request of that priority may go.
  double Until(Priority priority) {
    return absl::ToDoubleSeconds(model_.Earliest(priority, now_) - now_);
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

TEST_F(RateLimitModelTest, StartsWithOneRequest) {
  EXPECT_EQ(Until(Priority::kPoll), 0);
  model_.OnSent(now());
  EXPECT_NEAR(Until(Priority::kCall), 1.0 / 3, 1e-3);
}

TEST_F(RateLimitModelTest, SpacesPollsWiderWithoutHeaders) {
  Exchange(RateLimit());
  EXPECT_NEAR(Until(Priority::kCall), 1.0 / 3, 1e-3);
  EXPECT_NEAR(Until(Priority::kPoll), 1.05 / 3, 1e-3);
}

TEST_F(RateLimitModelTest, RetryAfterPausesWithoutChangingWindow) {
  RateLimit rate;
  rate.retry_after = absl::Seconds(20);
  rate.reset_after = rate.retry_after;  // Stands in for the reset.
  rate.reset_is_retry_after = true;
  Limited(rate);
  EXPECT_NEAR(Until(Priority::kCall), 20, 1e-3);
  Advance(20);
  Exchange(RateLimit());
  EXPECT_LT(Until(Priority::kCall), 1.1) << "the rate must not change";
}

TEST_F(RateLimitModelTest, LongerRetryAfterExtendsPauseBeyondReset) {
  RateLimit both = MakeRateLimit(3, 0, 0.4);
  both.retry_after = absl::Seconds(7);
  Limited(both);
  EXPECT_NEAR(Until(Priority::kCall), 7, 1e-3);
}

TEST_F(RateLimitModelTest, BoundsRetryAfterByMaxReset) {
  RateLimit both = MakeRateLimit(3, 0, 0.4);
  both.retry_after = kMaxRetryAfter;
  Limited(both);
  EXPECT_NEAR(Until(Priority::kCall), absl::ToDoubleSeconds(kMaxReset), 1e-3);
}

TEST_F(RateLimitModelTest, PausesUntilResetOf429) {
  RateLimit rate = MakeRateLimit(3, 0, 0.4);
  rate.reset_is_time = false;
  Limited(rate);
  EXPECT_EQ(model_.Earliest(Priority::kCall, now()),
            now() + absl::Seconds(0.4));
  EXPECT_TRUE(model_.paused(now()));
  Advance(0.4);
  EXPECT_FALSE(model_.paused(now()));
  EXPECT_EQ(Until(Priority::kCall), 0);
}

TEST_F(RateLimitModelTest, PausesSlightlyBeyondWindowEndOf429) {
  Limited(MakeRateLimit(3, 0, 0.4));
  // A request sent at the boundary may arrive before it.
  EXPECT_NEAR(Until(Priority::kCall), 0.43, 1e-9);
}

TEST_F(RateLimitModelTest, PausesForOneWindowAfter429WithoutReset) {
  Limited(RateLimit());
  EXPECT_NEAR(Until(Priority::kCall), 1, 1e-9);
}

TEST_F(RateLimitModelTest, DoesNotPauseAfter429WithPastReset) {
  RateLimit rate;
  rate.reset_after = absl::ZeroDuration();
  Limited(rate);
  EXPECT_FALSE(model_.paused(now()));
}

TEST_F(RateLimitModelTest, AcceptsWindowOfOneMinuteFrom429) {
  Limited(MakeRateLimit(180, 0, 60));
  EXPECT_NEAR(model_.rate(), 30.0 / 60, 1e-9)
      << "at most ten times the configured limit";
  EXPECT_GE(Until(Priority::kPoll), 60);
}

TEST_F(RateLimitModelTest, Attributes429ToUsWithoutOthers) {
  EXPECT_FALSE(Limited(RateLimit()));
}

TEST_F(RateLimitModelTest, Attributes429ToOthersIfTheyUsedWindow) {
  // The third request shows that the limit is a count.
  Exchange(MakeRateLimit(3, 2, 0.9));
  Advance(0.4);
  Exchange(MakeRateLimit(3, 1, 0.5));
  Advance(0.6);
  Exchange(MakeRateLimit(3, 0, 0.9));
  EXPECT_EQ(model_.others(), 2);
  Advance(0.1);
  EXPECT_TRUE(Limited(MakeRateLimit(3, 0, 0.8)));
}

TEST_F(RateLimitModelTest, ReservesUseByOthers) {
  Exchange(MakeRateLimit(3, 2, 0.9));
  Advance(0.4);
  Exchange(MakeRateLimit(3, 1, 0.5));
  Advance(0.6);
  Exchange(MakeRateLimit(3, 0, 0.9));
  // One of three is ours, so the next request goes in the next window.
  Advance(0.95);
  ASSERT_NEAR(Until(Priority::kCall), 0, 1e-9);
  Exchange(MakeRateLimit(3, 2, 0.95));
  EXPECT_GE(Until(Priority::kCall), 0.95);
}

// A request on its way across the boundary may arrive in the new window, even
// if its response never does.
TEST_F(RateLimitModelTest, CountsRequestsInFlightInNextWindow) {
  Exchange(MakeRateLimit(3, 2, 0.9));
  Advance(0.85);
  model_.OnSent(now());
  Advance(0.1);
  EXPECT_EQ(model_.Used(now()), 1);
  model_.OnLost();
  EXPECT_EQ(model_.Used(now()), 1);
  Exchange(MakeRateLimit(3, 2, 0.95));
  EXPECT_EQ(model_.Used(now()), 2);
}

// The response comes before our clock has reached the new window.
TEST_F(RateLimitModelTest, CountsRequestsInFlightInWindowThatResponseOpens) {
  Exchange(MakeRateLimit(3, 2, 0.9));
  Advance(0.85);
  model_.OnSent(now());
  model_.OnSent(now());
  model_.OnResponse(now(), MakeRateLimit(3, 2, 1.05));
  model_.OnLost();
  EXPECT_EQ(model_.Used(now()), 2);
}

TEST_F(RateLimitModelTest, DoesNotAttributeLostRequestToOthers) {
  Exchange(MakeRateLimit(3, 2, 0.9));
  Advance(0.3);
  model_.OnSent(now());
  model_.OnLost();
  Advance(0.3);
  Exchange(MakeRateLimit(3, 0, 0.3));
  EXPECT_EQ(model_.others(), 0);
}

TEST_F(RateLimitModelTest, Attributes429OfFirstRequestInWindowToOthers) {
  Exchange(MakeRateLimit(3, 2, 0.9));
  Advance(0.4);
  Exchange(MakeRateLimit(3, 1, 0.5));
  Advance(0.6);
  EXPECT_TRUE(Limited(MakeRateLimit(3, 0, 0.9)));
  EXPECT_EQ(model_.others(), 2);
}

TEST_F(RateLimitModelTest, PollsEarlyInWindowAfterOthersFilledOne) {
  Exchange(MakeRateLimit(3, 2, 0.9));
  Advance(0.4);
  Exchange(MakeRateLimit(3, 1, 0.5));
  Advance(0.6);
  ASSERT_TRUE(Limited(MakeRateLimit(3, 0, 0.9)));
  Advance(0.95);
  // Their third request may come from two thirds of the window on.
  EXPECT_NEAR(Until(Priority::kPoll), 2.0 / 3 - 0.07 - 0.05, 1e-6);
}

// Another consumer uses one request in each window.
class SharedRateLimitModelTest : public RateLimitModelTest {
 protected:
  // Ends at the start of a window, with the pattern known.
  SharedRateLimitModelTest() {
    Exchange(MakeRateLimit(3, 2, 0.9));
    Advance(0.4);
    Exchange(MakeRateLimit(3, 1, 0.5));
    Advance(0.5);
    for (int window = 0; window < 6; ++window) {
      Advance(0.97);
      Exchange(MakeRateLimit(3, 1, 0.03));
      Advance(0.03);
    }
  }
};

TEST_F(SharedRateLimitModelTest, UsesLeftoverOnlyRightAfterLateResponse) {
  Advance(0.5);
  Exchange(MakeRateLimit(3, 1, 0.5));
  EXPECT_GT(Until(Priority::kPoll), 0.5) << "too early in the window";
  Advance(0.5 + 0.86);
  Exchange(MakeRateLimit(3, 1, 0.14));
  EXPECT_EQ(Until(Priority::kPoll), 0);
  Advance(0.03);
  EXPECT_GT(Until(Priority::kPoll), 0.11) << "others may have used it by now";
}

TEST_F(SharedRateLimitModelTest, UsesNoLeftoversForAMinuteAfterTheir429) {
  Advance(0.86);
  Exchange(MakeRateLimit(3, 1, 0.14));
  ASSERT_EQ(Until(Priority::kPoll), 0);
  Limited(MakeRateLimit(3, 0, 0.14));
  Advance(0.14);
  for (int window = 0; window < 59; ++window) {
    Advance(0.86);
    Exchange(MakeRateLimit(3, 1, 0.14));
    ASSERT_GT(Until(Priority::kPoll), 0) << window;
    Advance(0.11);
    Exchange(MakeRateLimit(3, 0, 0.03));
    Advance(0.03);
  }
}

TEST_F(RateLimitModelTest, ExpectedUseByOthersIsNotSpare) {
  Exchange(MakeRateLimit(9, 8, 0.9));
  Advance(0.4);
  Exchange(MakeRateLimit(9, 7, 0.5));
  EXPECT_EQ(model_.Spare(now()).count, 4);
  Advance(0.6);
  Exchange(MakeRateLimit(9, 7, 0.9));
  // Of nine, ours and theirs are used, one more may be theirs, and three stay
  // free.
  EXPECT_EQ(model_.Spare(now()).count, 3);
}

TEST_F(RateLimitModelTest, LeavesAThirdOfWindowToOthers) {
  EXPECT_EQ(model_.Spare(now()).count, 0) << "before the limit is known";
  Exchange(MakeRateLimit(3, 2, 0.9));
  EXPECT_EQ(model_.Spare(now()).count, 1);
  EXPECT_EQ(model_.Spare(now()).left_free, 1);
  EXPECT_EQ(model_.Spare(now()).until, now() + absl::Seconds(0.9));
  Advance(0.4);
  Exchange(MakeRateLimit(3, 1, 0.5));
  EXPECT_EQ(model_.Spare(now()).count, 0);
}

TEST_F(RateLimitModelTest, HasNoSpareRequestsBesideOtherConsumer) {
  Exchange(MakeRateLimit(3, 2, 0.9));
  Advance(0.4);
  Exchange(MakeRateLimit(3, 1, 0.5));
  Advance(0.6);
  Exchange(MakeRateLimit(3, 1, 0.9));
  EXPECT_LE(model_.Spare(now()).count, 0);
  EXPECT_EQ(model_.Spare(now()).left_free, 0);
}

TEST_F(RateLimitModelTest, PausesUntilResetIfNothingIsLeftAndKindIsUnknown) {
  Exchange(MakeRateLimit(3, 0, 0.7));
  EXPECT_NEAR(Until(Priority::kCall), 0.7, 0.05);
}

TEST_F(RateLimitModelTest, AppliesRaisedLimit) {
  Exchange(MakeRateLimit(9, 8, 0.9));
  EXPECT_EQ(model_.limit(), 9);
  EXPECT_NEAR(model_.rate(), 9, 1e-9);
}

TEST_F(RateLimitModelTest, AppliesLoweredLimit) {
  Exchange(MakeRateLimit(1, 0, 0.9));
  EXPECT_EQ(model_.limit(), 1);
  EXPECT_NEAR(model_.rate(), 1, 1e-9);
}

TEST_F(RateLimitModelTest, BoundsLimitByTenTimesConfiguredRate) {
  Exchange(MakeRateLimit(1'000'000'000, 999'999'999, 0.9));
  EXPECT_EQ(model_.limit(), 30);
}

TEST_F(RateLimitModelTest, IgnoresImplausibleReset) {
  Exchange(MakeRateLimit(3, 2, 300));
  EXPECT_NEAR(model_.rate(), 3, 1e-9);
  EXPECT_LE(Until(Priority::kCall), 0.5);
}

TEST_F(RateLimitModelTest, AcceptsLongerWindowWithSameRate) {
  RateLimitModel model(3);
  model.OnSent(now());
  RateLimit rate = MakeRateLimit(30, 29, 10);
  model.OnResponse(now(), rate);
  EXPECT_NEAR(model.rate(), 3, 1e-9);
  EXPECT_EQ(model.limit(), 30);
}

TEST(UnlimitedRateLimitModelTest, DoesNotDelayUntilResponseReportsLimit) {
  RateLimitModel model(kInfinity);
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(model.Earliest(Priority::kPoll, kStart), kStart);
    model.OnSent(kStart);
    model.OnResponse(kStart, RateLimit());
  }
  EXPECT_EQ(model.rate(), kInfinity);
  model.OnSent(kStart);
  model.OnResponse(kStart, MakeRateLimit(3, 0, 0.5));
  EXPECT_NEAR(model.rate(), 3, 1e-9);
  EXPECT_GT(model.Earliest(Priority::kPoll, kStart), kStart);
}

TEST_F(RateLimitModelTest, RoundsShareDownToWholeRequestsPerWindow) {
  RateLimitModel half(3, 0.5);
  half.OnSent(now());
  half.OnResponse(now(), MakeRateLimit(3, 2, 0.9));
  // Our one of three is used up, so the next goes in the next window.
  EXPECT_GE(half.Earliest(Priority::kCall, now()), now() + absl::Seconds(0.9));
  EXPECT_NEAR(half.own_rate(), 1, 1e-9);
  EXPECT_NEAR(half.rate(), 3, 1e-9);
  EXPECT_EQ(half.others(), 2);
}

TEST_F(RateLimitModelTest, EnforcesShareBelowOneRequestPerWindow) {
  RateLimitModel quarter(3, 0.25);
  quarter.OnSent(now());
  quarter.OnResponse(now(), MakeRateLimit(3, 2, 0.9));
  EXPECT_GE(quarter.Earliest(Priority::kPoll, now()),
            now() + absl::Seconds(1 / 0.75));
  EXPECT_NEAR(quarter.own_rate(), 0.75, 1e-9);
}

TEST_F(RateLimitModelTest, AppliesShareToReportedLimit) {
  RateLimitModel half(3, 0.5);
  half.OnSent(now());
  half.OnResponse(now(), MakeRateLimit(9, 8, 0.9));
  EXPECT_NEAR(half.own_rate(), 4, 1e-9);
}

TEST_F(RateLimitModelTest, Attributes429ToUsWithinSharesOfReplicas) {
  RateLimitModel half(4, 0.5);
  half.OnSent(now());
  half.OnResponse(now(), MakeRateLimit(4, 3, 0.9));
  half.OnSent(now());
  half.OnResponse(now(), MakeRateLimit(4, 1, 0.9));
  half.OnSent(now());
  EXPECT_FALSE(half.OnLimited(now(), MakeRateLimit(4, 0, 0.9)))
      << "two were of the other replica";
}

TEST_F(RateLimitModelTest, Attributes429ToOthersBeyondSharesOfReplicas) {
  RateLimitModel half(4, 0.5);
  half.OnSent(now());
  half.OnResponse(now(), MakeRateLimit(4, 0, 0.9));
  half.OnSent(now());
  EXPECT_TRUE(half.OnLimited(now(), MakeRateLimit(4, 0, 0.9)));
}

}  // namespace
}  // namespace wriftai
