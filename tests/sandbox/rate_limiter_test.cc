#include "sandbox/rate_limiter.h"

#include "gtest/gtest.h"

namespace wriftai::sandbox {
namespace {

using Bucket = RateLimiter::Bucket;

RateLimiter::Options Burst(int64_t burst) {
  RateLimiter::Options options;
  options.burst = burst;
  return options;
}

RateLimiter::Options NotEnforced() {
  RateLimiter::Options options;
  options.enforce = false;
  return options;
}

class RateLimiterTest : public testing::Test {
 protected:
  bool Read(absl::string_view caller = "a") {
    return limiter_.Acquire(caller, Bucket::kRead, now_).allowed;
  }
  int ReadsUntilRefused() {
    int count = 0;
    while (Read()) ++count;
    return count;
  }
  absl::Time now_ = absl::FromUnixSeconds(1000) + absl::Milliseconds(400);
  RateLimiter limiter_{RateLimiter::Options()};
};

TEST_F(RateLimiterTest, AllowsPublishedRatesPerSecond) {
  EXPECT_EQ(ReadsUntilRefused(), 3);
  int creates = 0;
  while (limiter_.Acquire("a", Bucket::kCreate, now_).allowed) ++creates;
  EXPECT_EQ(creates, 15);
  EXPECT_TRUE(limiter_.Acquire("", Bucket::kAnonymous, now_).allowed);
  EXPECT_FALSE(limiter_.Acquire("", Bucket::kAnonymous, now_).allowed);
}

TEST_F(RateLimiterTest, ResetsAtNextSecondOfClock) {
  ReadsUntilRefused();
  now_ += absl::Milliseconds(599);
  EXPECT_FALSE(Read());
  now_ += absl::Milliseconds(1);
  EXPECT_EQ(ReadsUntilRefused(), 3);
}

TEST_F(RateLimiterTest, KeepsBucketPerCaller) {
  ReadsUntilRefused();
  EXPECT_TRUE(Read("b"));
}

TEST_F(RateLimiterTest, DescribesWindow) {
  const auto decision = limiter_.Acquire("a", Bucket::kRead, now_);
  EXPECT_EQ(decision.limit, 3);
  EXPECT_EQ(decision.remaining, 2);
  EXPECT_EQ(decision.reset, absl::FromUnixSeconds(1001));
}

TEST_F(RateLimiterTest, DoesNotCountRefusedRequests) {
  ReadsUntilRefused();
  EXPECT_EQ(limiter_.Peek("a", Bucket::kRead, now_).remaining, 0);
  EXPECT_FALSE(Read());
  EXPECT_EQ(limiter_.Peek("a", Bucket::kRead, now_).remaining, 0);
}

TEST_F(RateLimiterTest, RefillsBucketSteadily) {
  RateLimiter limiter(Burst(5));
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(limiter.Acquire("a", Bucket::kRead, now_).allowed);
  }
  EXPECT_FALSE(limiter.Acquire("a", Bucket::kRead, now_).allowed);
  now_ += absl::Milliseconds(334);
  const auto decision = limiter.Acquire("a", Bucket::kRead, now_);
  EXPECT_TRUE(decision.allowed);
  EXPECT_EQ(decision.limit, 3);
  EXPECT_FALSE(limiter.Acquire("a", Bucket::kRead, now_).allowed);
  now_ += absl::Hours(1);
  EXPECT_EQ(limiter.Peek("a", Bucket::kRead, now_).remaining, 5);
}

TEST_F(RateLimiterTest, CountsButAllowsAllWithoutEnforcement) {
  RateLimiter limiter(NotEnforced());
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(limiter.Acquire("a", Bucket::kRead, now_).allowed);
  }
  EXPECT_EQ(limiter.Peek("a", Bucket::kRead, now_).remaining, 0);
}

}  // namespace
}  // namespace wriftai::sandbox
