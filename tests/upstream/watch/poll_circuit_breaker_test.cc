#include "upstream/watch/poll_circuit_breaker.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wriftai {
namespace {

using ::testing::AllOf;
using ::testing::Ge;
using ::testing::Le;

using Standing = PollCircuitBreaker::Standing;

// From half of it, with jitter.
auto IsBackoffOf(absl::Duration delay) {
  return AllOf(Ge(delay / 2), Le(delay));
}

class PollCircuitBreakerTest : public ::testing::Test {
 protected:
  void Fail(const char* item, Standing standing,
            absl::Duration interval = absl::Seconds(1)) {
    breaker_.OnFailure(item, standing, now_, now_, interval, random_);
  }

  // Fails two healthy items.
  void Open(absl::Duration interval = absl::Seconds(1)) {
    Fail("a", Standing::kHealthy, interval);
    Fail("b", Standing::kHealthy, interval);
  }

  // Fails the next probe. Returns the delay until it was due.
  absl::Duration FailProbe() {
    const absl::Duration delay = breaker_.ProbeAt(false) - now_;
    now_ = breaker_.ProbeAt(false);
    breaker_.OnProbe(now_, random_);
    Fail("probe", Standing::kFailing);
    return delay;
  }

  absl::Time now_ = absl::FromUnixSeconds(1000);
  Random random_{1};
  PollCircuitBreaker breaker_;
};

TEST_F(PollCircuitBreakerTest, OpensWhenDifferentHealthyItemsFailInARow) {
  breaker_.OnResponse(now_);
  Fail("a", Standing::kHealthy);
  EXPECT_FALSE(breaker_.is_open());
  Fail("b", Standing::kUntried);
  EXPECT_TRUE(breaker_.is_open());
}

TEST_F(PollCircuitBreakerTest, StaysClosedWhenOnlyOneItemFails) {
  for (int i = 0; i < 100; ++i) Fail("a", Standing::kHealthy);
  EXPECT_FALSE(breaker_.is_open());
}

TEST_F(PollCircuitBreakerTest, ResponseResetsConsecutiveFailures) {
  Fail("a", Standing::kHealthy);
  breaker_.OnResponse(now_);
  Fail("b", Standing::kHealthy);
  EXPECT_FALSE(breaker_.is_open());
}

TEST_F(PollCircuitBreakerTest, IgnoresItemsThatWereFailingBefore) {
  Fail("a", Standing::kHealthy);
  for (const char* item : {"b", "c", "d"}) Fail(item, Standing::kFailing);
  EXPECT_FALSE(breaker_.is_open());
}

TEST_F(PollCircuitBreakerTest, CountsUntriedItemsWithoutRecentResponse) {
  breaker_.OnResponse(now_);
  Fail("a", Standing::kUntried);
  Fail("b", Standing::kUntried);
  EXPECT_FALSE(breaker_.is_open());
  now_ += PollCircuitBreaker::kRecent + absl::Seconds(1);
  Fail("c", Standing::kUntried);
  EXPECT_TRUE(breaker_.is_open());
}

TEST_F(PollCircuitBreakerTest, BacksOffProbesUpToMaximumDelay) {
  Open();
  EXPECT_LE(FailProbe(), absl::Seconds(1));
  for (int i = 0; i < 10; ++i) FailProbe();
  EXPECT_GE(FailProbe(), PollCircuitBreaker::kMaxProbeDelay / 2);
  EXPECT_LE(FailProbe(), PollCircuitBreaker::kMaxProbeDelay);
  breaker_.OnResponse(now_);
  EXPECT_FALSE(breaker_.is_open());
}

TEST_F(PollCircuitBreakerTest, DoublesTheDelayWithEachFailedProbe) {
  Open();
  for (const int seconds : {1, 2, 4, 8}) {
    EXPECT_THAT(FailProbe(), IsBackoffOf(absl::Seconds(seconds)));
  }
}

TEST_F(PollCircuitBreakerTest, ProbesAtMostOnceASecondAtShortIntervals) {
  Open(absl::Milliseconds(100));
  EXPECT_THAT(FailProbe(), IsBackoffOf(absl::Seconds(1)));
}

TEST_F(PollCircuitBreakerTest, ProbesNoMoreOftenThanALongInterval) {
  Open(absl::Minutes(1));
  for (int i = 0; i < 5; ++i) {
    EXPECT_THAT(FailProbe(), IsBackoffOf(absl::Minutes(1)));
  }
}

TEST_F(PollCircuitBreakerTest, HangingProbesBackOffAsFailedOnes) {
  Open();
  for (int i = 0; i < 3; ++i) {
    now_ = breaker_.ProbeAt(false);
    breaker_.OnProbe(now_, random_);
  }
  Fail("probe", Standing::kFailing);
  EXPECT_THAT(FailProbe(), IsBackoffOf(absl::Seconds(8)));
}

TEST_F(PollCircuitBreakerTest, ProbesUntriedItemWithinOneSecond) {
  Open();
  for (int i = 0; i < 10; ++i) FailProbe();
  EXPECT_EQ(breaker_.ProbeAt(true),
            now_ + PollCircuitBreaker::kUntriedProbeInterval);
}

TEST_F(PollCircuitBreakerTest, HangingProbeDelaysNextOneForLimitedTime) {
  Open();
  breaker_.OnProbe(now_, random_);
  EXPECT_EQ(breaker_.ProbeAt(true), now_ + PollCircuitBreaker::kMaxProbeWait);
}

TEST_F(PollCircuitBreakerTest, IgnoresFailuresOfEarlierRequests) {
  Open();
  const absl::Time before = breaker_.ProbeAt(false);
  for (int i = 0; i < 60; ++i) {
    breaker_.OnFailure("c", Standing::kHealthy, now_ - absl::Seconds(30), now_,
                       absl::Seconds(1), random_);
  }
  EXPECT_EQ(breaker_.ProbeAt(false), before);
}

}  // namespace
}  // namespace wriftai
