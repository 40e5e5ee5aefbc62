#include "upstream/webhook/webhook_poll_backoff.h"

#include "gtest/gtest.h"

namespace wriftai {
namespace {

constexpr absl::Duration kInitial = absl::Seconds(30);
const absl::Duration kMax = kInitial * WebhookReliability::kMaxMultiple;

// The average interval with one missed event in `events`.
absl::Duration IntervalWithOneMissIn(int events) {
  WebhookReliability reliability(kInitial);
  absl::Duration sum;
  constexpr int kRounds = 200;
  for (int round = 0; round < kRounds; ++round) {
    for (int i = 1; i < events; ++i) reliability.OnEvent();
    reliability.OnMissed();
    for (int i = 1; i < events; ++i) reliability.OnEvent();
    sum += reliability.interval();
    reliability.OnMissed();
  }
  return sum / kRounds;
}

TEST(WebhookReliabilityTest, GrowsWithEventsUpToMaximum) {
  WebhookReliability reliability(kInitial);
  EXPECT_EQ(reliability.interval(), kInitial);
  for (int i = 0; i < 100; ++i) reliability.OnEvent();
  EXPECT_NEAR(absl::ToDoubleSeconds(reliability.interval()), 60, 1e-6);
  for (int i = 0; i < 10'000; ++i) reliability.OnEvent();
  EXPECT_EQ(reliability.interval(), kMax);
}

TEST(WebhookReliabilityTest, MissDividesIntervalByEight) {
  WebhookReliability reliability(kInitial);
  reliability.OnMissed();
  EXPECT_EQ(reliability.interval(), kInitial / 8);
}

TEST(WebhookReliabilityTest, ReflectsShareOfMissedEvents) {
  EXPECT_LT(IntervalWithOneMissIn(3), absl::Seconds(1));
  EXPECT_GT(IntervalWithOneMissIn(100), kInitial);
  EXPECT_LT(IntervalWithOneMissIn(100), kInitial * 2);
  EXPECT_GT(IntervalWithOneMissIn(1000), kMax * 0.9);
}

TEST(WebhookPollBackoffTest, IsInactiveUntilStarted) {
  WebhookPollBackoff backoff;
  EXPECT_EQ(backoff.interval(), absl::ZeroDuration());
  backoff.OnConfirmed();
  EXPECT_EQ(backoff.interval(), absl::ZeroDuration());
}

TEST(WebhookPollBackoffTest, FirstEventStartsAndFurtherOnesDouble) {
  WebhookReliability reliability(kInitial);
  for (int i = 0; i < 10'000; ++i) reliability.OnEvent();
  WebhookPollBackoff backoff;
  backoff.OnEvent(reliability);
  EXPECT_EQ(backoff.interval(), kInitial);
  backoff.OnEvent(reliability);
  EXPECT_EQ(backoff.interval(), kInitial * 2);
  backoff.OnConfirmed();
  EXPECT_EQ(backoff.interval(), kInitial * 4);
  for (int i = 0; i < 10; ++i) backoff.OnConfirmed();
  EXPECT_EQ(backoff.interval(), kMax);
}

TEST(WebhookPollBackoffTest, NeverExceedsReliabilityInterval) {
  WebhookReliability reliability(kInitial);
  WebhookPollBackoff backoff;
  backoff.Start(reliability);
  backoff.OnConfirmed();
  EXPECT_EQ(backoff.interval(), kInitial);
  reliability.OnMissed();
  EXPECT_EQ(backoff.interval(), kInitial / 8);
}

TEST(WebhookPollBackoffTest, MissStopsItUntilNextEvent) {
  WebhookReliability reliability(kInitial);
  WebhookPollBackoff backoff;
  backoff.Start(reliability);
  backoff.OnMissed();
  backoff.OnConfirmed();
  EXPECT_FALSE(backoff.active());
  backoff.OnEvent(reliability);
  EXPECT_TRUE(backoff.active());
}

}  // namespace
}  // namespace wriftai
