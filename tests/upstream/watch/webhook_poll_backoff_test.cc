#include "upstream/watch/webhook_poll_backoff.h"

#include "gtest/gtest.h"

namespace wriftai {
namespace {

constexpr absl::Duration kFirst = absl::Seconds(30);
const absl::Duration kMost = kFirst * WebhookReliability::kMaxOverFirst;

// Where the trust comes to rest with one miss among so many events.
absl::Duration TrustWithOneMissIn(int events) {
  WebhookReliability trust(kFirst);
  absl::Duration sum;
  constexpr int kRounds = 200;
  for (int round = 0; round < kRounds; ++round) {
    for (int i = 1; i < events; ++i) trust.OnNews();
    trust.OnMissed();
    for (int i = 1; i < events; ++i) trust.OnNews();
    sum += trust.interval();
    trust.OnMissed();
  }
  return sum / kRounds;
}

TEST(WebhookReliability, GrowsWithEventsUpToTheMost) {
  WebhookReliability trust(kFirst);
  EXPECT_EQ(trust.interval(), kFirst);
  for (int i = 0; i < 100; ++i) trust.OnNews();
  EXPECT_NEAR(absl::ToDoubleSeconds(trust.interval()), 60, 1e-6);
  for (int i = 0; i < 10'000; ++i) trust.OnNews();
  EXPECT_EQ(trust.interval(), kMost);
}

TEST(WebhookReliability, AMissLeavesAnEighth) {
  WebhookReliability trust(kFirst);
  trust.OnMissed();
  EXPECT_EQ(trust.interval(), kFirst / 8);
}

TEST(WebhookReliability, FollowsHowOftenEventsAreMissed) {
  EXPECT_LT(TrustWithOneMissIn(3), absl::Seconds(1));
  EXPECT_GT(TrustWithOneMissIn(100), kFirst);
  EXPECT_LT(TrustWithOneMissIn(100), kFirst * 2);
  EXPECT_GT(TrustWithOneMissIn(1000), kMost * 0.9);
}

TEST(WebhookPollBackoff, IsOffUntilItBegins) {
  WebhookPollBackoff cover;
  EXPECT_EQ(cover.interval(), absl::ZeroDuration());
  cover.OnConfirmed();
  EXPECT_EQ(cover.interval(), absl::ZeroDuration());
}

TEST(WebhookPollBackoff, TheFirstEventBeginsItAndFurtherOnesDoubleIt) {
  WebhookReliability trust(kFirst);
  for (int i = 0; i < 10'000; ++i) trust.OnNews();
  WebhookPollBackoff cover;
  cover.OnNews(trust);
  EXPECT_EQ(cover.interval(), kFirst);
  cover.OnNews(trust);
  EXPECT_EQ(cover.interval(), kFirst * 2);
  cover.OnConfirmed();
  EXPECT_EQ(cover.interval(), kFirst * 4);
  for (int i = 0; i < 10; ++i) cover.OnConfirmed();
  EXPECT_EQ(cover.interval(), kMost);
}

TEST(WebhookPollBackoff, IsNeverMoreThanTheTrust) {
  WebhookReliability trust(kFirst);
  WebhookPollBackoff cover;
  cover.Begin(trust);
  cover.OnConfirmed();
  EXPECT_EQ(cover.interval(), kFirst);
  trust.OnMissed();
  EXPECT_EQ(cover.interval(), kFirst / 8);
}

TEST(WebhookPollBackoff, AMissEndsItUntilTheNextEvent) {
  WebhookReliability trust(kFirst);
  WebhookPollBackoff cover;
  cover.Begin(trust);
  cover.OnMissed();
  cover.OnConfirmed();
  EXPECT_FALSE(cover.on());
  cover.OnNews(trust);
  EXPECT_TRUE(cover.on());
}

}  // namespace
}  // namespace wriftai
