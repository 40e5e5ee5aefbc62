#include "upstream/budget/token_bucket_model.h"

#include "gtest/gtest.h"

namespace wriftai {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);

absl::Time At(double seconds) { return kStart + absl::Seconds(seconds); }

// A burst of four is reported, and then nothing is left each second.
void OthersTakeAll(TokenBucketModel& bucket) {
  bucket.Correct(kStart, 3, 0);
  for (int second = 1; second < 200; ++second) {
    bucket.Correct(At(second), 0, 0);
    bucket.AttributeDriftToOthers();
  }
}

TEST(TokenBucketModelTest, StartsWithOneTokenAndNoBurst) {
  TokenBucketModel bucket(3);
  EXPECT_DOUBLE_EQ(bucket.Tokens(kStart), 1);
  bucket.Consume(kStart);
  EXPECT_LT(bucket.Tokens(At(0.32)), 1);
  EXPECT_GE(bucket.Tokens(At(0.34)), 1);
  EXPECT_LE(bucket.Tokens(At(60)), 1);
}

// Otherwise each request at a high rate would wait for a timer.
TEST(TokenBucketModelTest, StartsWithTheTokensOfAMillisecondAtAHighRate) {
  TokenBucketModel bucket(100'000);
  EXPECT_DOUBLE_EQ(bucket.Tokens(kStart), 100);
  EXPECT_DOUBLE_EQ(TokenBucketModel(100'000, 0.5).Tokens(kStart), 50);
}

TEST(TokenBucketModelTest, ReturnsWhenTokensAreAvailable) {
  TokenBucketModel bucket(2);
  EXPECT_EQ(bucket.AvailableAt(1, kStart), kStart);
  bucket.Consume(kStart);
  EXPECT_NEAR(absl::ToDoubleSeconds(bucket.AvailableAt(1, kStart) - kStart),
              0.5, 1e-5);
}

TEST(TokenBucketModelTest, GrowsCapacityToReportedRemaining) {
  TokenBucketModel bucket(3);
  bucket.Consume(kStart);
  bucket.Correct(kStart, 9, 0);
  EXPECT_DOUBLE_EQ(bucket.capacity(), 10);
  EXPECT_NEAR(bucket.Tokens(kStart), 9, 1e-5);
  EXPECT_NEAR(bucket.Tokens(At(60)), 10, 1e-5);
}

TEST(TokenBucketModelTest, SubtractsOutstandingFromRemaining) {
  TokenBucketModel bucket(3);
  bucket.Correct(kStart, 5, 2);
  EXPECT_NEAR(bucket.Tokens(kStart), 3, 1e-5);
}

TEST(TokenBucketModelTest, KeepsPredictedFractionOfRemaining) {
  TokenBucketModel bucket(3);
  bucket.Correct(kStart, 5, 0);
  bucket.Consume(kStart);
  bucket.Correct(At(0.2), 4, 0);
  EXPECT_NEAR(bucket.Tokens(At(0.2)), 4.6, 1e-5);
}

TEST(TokenBucketModelTest, ReturnsReleasedToken) {
  TokenBucketModel bucket(3);
  bucket.Consume(kStart);
  bucket.Release(kStart);
  EXPECT_NEAR(bucket.Tokens(kStart), 1, 1e-5);
}

TEST(TokenBucketModelTest, BoundsUseByOthers) {
  TokenBucketModel bucket(3);
  OthersTakeAll(bucket);
  EXPECT_NEAR(bucket.refill_rate(), 3 * 0.3, 1e-9);
}

TEST(TokenBucketModelTest, KeepsPositiveRefillRateAfterLowerRate) {
  TokenBucketModel bucket(3);
  OthersTakeAll(bucket);
  bucket.set_rate(At(200), 0.5);
  EXPECT_GT(bucket.refill_rate(), 0);
  bucket.Consume(At(200));
  EXPECT_GT(bucket.AvailableAt(1, At(200)), At(200));
}

TEST(TokenBucketModelTest, FillsAtNewWindow) {
  TokenBucketModel bucket(3);
  bucket.Consume(kStart);
  bucket.Fill(kStart, 3);
  EXPECT_NEAR(bucket.Tokens(kStart), 3, 1e-5);
}

}  // namespace
}  // namespace wriftai
