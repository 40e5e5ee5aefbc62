#include "upstream/budget/token_bucket_model.h"

#include "gtest/gtest.h"

namespace wriftai {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);

absl::Time At(double seconds) { return kStart + absl::Seconds(seconds); }

// A burst of four was seen, and then each second nothing is left of it.
void OthersTakeAll(TokenBucketModel& refill) {
  refill.Correct(kStart, 3, 0);
  for (int second = 1; second < 200; ++second) {
    refill.Correct(At(second), 0, 0);
    refill.BlameOthers();
  }
}

TEST(TokenBucketModel, BeginsWithOneAndAssumesNoBurst) {
  TokenBucketModel refill(3);
  EXPECT_DOUBLE_EQ(refill.Tokens(kStart), 1);
  refill.Take(kStart);
  EXPECT_LT(refill.Tokens(At(0.32)), 1);
  EXPECT_GE(refill.Tokens(At(0.34)), 1);
  EXPECT_LE(refill.Tokens(At(60)), 1);
}

TEST(TokenBucketModel, SaysWhenThereWillBeEnough) {
  TokenBucketModel refill(2);
  EXPECT_EQ(refill.When(1, kStart), kStart);
  refill.Take(kStart);
  EXPECT_NEAR(absl::ToDoubleSeconds(refill.When(1, kStart) - kStart), 0.5,
              1e-5);
}

TEST(TokenBucketModel, ABurstIsLearntFromWhatIsLeft) {
  TokenBucketModel refill(3);
  refill.Take(kStart);
  refill.Correct(kStart, 9, 0);
  EXPECT_DOUBLE_EQ(refill.capacity(), 10);
  EXPECT_NEAR(refill.Tokens(kStart), 9, 1e-5);
  EXPECT_NEAR(refill.Tokens(At(60)), 10, 1e-5);
}

TEST(TokenBucketModel, WhatIsUnderWayIsTakenFromWhatIsLeft) {
  TokenBucketModel refill(3);
  refill.Correct(kStart, 5, 2);
  EXPECT_NEAR(refill.Tokens(kStart), 3, 1e-5);
}

TEST(TokenBucketModel, AFractionOfWhatIsLeftIsItsOwnReckoning) {
  TokenBucketModel refill(3);
  refill.Correct(kStart, 5, 0);
  refill.Take(kStart);
  refill.Correct(At(0.2), 4, 0);
  EXPECT_NEAR(refill.Tokens(At(0.2)), 4.6, 1e-5);
}

TEST(TokenBucketModel, WhatIsGivenBackCounts) {
  TokenBucketModel refill(3);
  refill.Take(kStart);
  refill.Release(kStart);
  EXPECT_NEAR(refill.Tokens(kStart), 1, 1e-5);
}

TEST(TokenBucketModel, WhatOthersTakeIsLeftToThemUpToAPart) {
  TokenBucketModel refill(3);
  OthersTakeAll(refill);
  EXPECT_NEAR(refill.Share(), 3 * 0.3, 1e-9);
}

TEST(TokenBucketModel, ALowerRateLeavesAShareForUs) {
  TokenBucketModel refill(3);
  OthersTakeAll(refill);
  refill.set_rate(At(200), 0.5);
  EXPECT_GT(refill.Share(), 0);
  refill.Take(At(200));
  EXPECT_GT(refill.When(1, At(200)), At(200));
}

TEST(TokenBucketModel, ANewWindowFillsIt) {
  TokenBucketModel refill(3);
  refill.Take(kStart);
  refill.Fill(kStart, 3);
  EXPECT_NEAR(refill.Tokens(kStart), 3, 1e-5);
}

}  // namespace
}  // namespace wriftai
