#include "upstream/watch/webhook_cover.h"

#include "gtest/gtest.h"

namespace wriftai {
namespace {

constexpr absl::Duration kFirst = absl::Seconds(30);
const absl::Duration kMost = kFirst * WebhookTrust::kMostOverFirst;

// Where the trust comes to rest with one miss among so many events.
absl::Duration TrustWithOneMissIn(int events) {
  WebhookTrust trust(kFirst);
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

TEST(WebhookTrust, GrowsWithEventsUpToTheMost) {
  WebhookTrust trust(kFirst);
  EXPECT_EQ(trust.interval(), kFirst);
  for (int i = 0; i < 100; ++i) trust.OnNews();
  EXPECT_NEAR(absl::ToDoubleSeconds(trust.interval()), 60, 1e-6);
  for (int i = 0; i < 10'000; ++i) trust.OnNews();
  EXPECT_EQ(trust.interval(), kMost);
}

TEST(WebhookTrust, AMissLeavesAnEighth) {
  WebhookTrust trust(kFirst);
  trust.OnMissed();
  EXPECT_EQ(trust.interval(), kFirst / 8);
}

TEST(WebhookTrust, FollowsHowOftenEventsAreMissed) {
  EXPECT_LT(TrustWithOneMissIn(3), absl::Seconds(1));
  EXPECT_GT(TrustWithOneMissIn(100), kFirst);
  EXPECT_LT(TrustWithOneMissIn(100), kFirst * 2);
  EXPECT_GT(TrustWithOneMissIn(1000), kMost * 0.9);
}

TEST(WebhookCover, IsOffUntilItBegins) {
  WebhookCover cover;
  EXPECT_EQ(cover.interval(), absl::ZeroDuration());
  cover.OnConfirmed();
  EXPECT_EQ(cover.interval(), absl::ZeroDuration());
}

TEST(WebhookCover, TheFirstEventBeginsItAndFurtherOnesDoubleIt) {
  WebhookTrust trust(kFirst);
  for (int i = 0; i < 10'000; ++i) trust.OnNews();
  WebhookCover cover;
  cover.OnNews(trust);
  EXPECT_EQ(cover.interval(), kFirst);
  cover.OnNews(trust);
  EXPECT_EQ(cover.interval(), kFirst * 2);
  cover.OnConfirmed();
  EXPECT_EQ(cover.interval(), kFirst * 4);
  for (int i = 0; i < 10; ++i) cover.OnConfirmed();
  EXPECT_EQ(cover.interval(), kMost);
}

TEST(WebhookCover, IsNeverMoreThanTheTrust) {
  WebhookTrust trust(kFirst);
  WebhookCover cover;
  cover.Begin(trust);
  cover.OnConfirmed();
  EXPECT_EQ(cover.interval(), kFirst);
  trust.OnMissed();
  EXPECT_EQ(cover.interval(), kFirst / 8);
}

TEST(WebhookCover, AMissEndsItUntilTheNextEvent) {
  WebhookTrust trust(kFirst);
  WebhookCover cover;
  cover.Begin(trust);
  cover.OnMissed();
  cover.OnConfirmed();
  EXPECT_FALSE(cover.on());
  cover.OnNews(trust);
  EXPECT_TRUE(cover.on());
}

}  // namespace
}  // namespace wriftai
