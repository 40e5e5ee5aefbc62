#include "tests/bench/waits/staleness.h"

#include "gtest/gtest.h"

namespace wriftai::bench {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(100);

KnownState Aged(int seconds) {
  return {kNow - absl::Seconds(seconds), true, kNow + absl::Seconds(1)};
}

TEST(StalenessTest, DividesOldestByMedianAge) {
  const auto spread = OldestToMedian({Aged(2), Aged(12), Aged(4)}, kNow);
  EXPECT_EQ(spread->of_groups, 3);
  EXPECT_EQ(spread->plain, 3);
}

TEST(StalenessTest, IsTwoForRoundRobinReads) {
  std::vector<KnownState> states;
  for (int age = 99; age >= 0; --age) states.push_back(Aged(age));
  const auto spread = OldestToMedian(states, kNow);
  EXPECT_EQ(spread->of_groups, 2);
  EXPECT_EQ(spread->plain, 2);
}

// Twenty pages of fifty, one per second, the last one 0.5 s ago: 19.5 s over
// 10 s. A Get then refreshes one of the older half.
TEST(StalenessTest, IsRobustAgainstSingleGet) {
  std::vector<KnownState> states;
  for (int page = 0; page < 20; ++page) {
    for (int item = 0; item < 50; ++item) states.push_back(Aged(page));
  }
  const absl::Time now = kNow + absl::Seconds(0.5);
  for (KnownState& state : states) state.ends_at = now + absl::Seconds(1);
  EXPECT_DOUBLE_EQ(OldestToMedian(states, now)->of_groups, 1.95);
  EXPECT_DOUBLE_EQ(OldestToMedian(states, now)->plain, 1.95);
  states[900].observed_at = now - absl::Seconds(0.1);
  EXPECT_NEAR(OldestToMedian(states, now)->of_groups, 1.95, 0.01);
  EXPECT_NEAR(OldestToMedian(states, now)->plain, 2.05, 0.01);
}

TEST(StalenessTest, IsNulloptBeforeAllAreRefreshed) {
  std::vector<KnownState> states = {Aged(2), Aged(4)};
  states[1].refreshed = false;
  EXPECT_EQ(OldestToMedian(states, kNow), std::nullopt);
}

TEST(StalenessTest, IsNulloptAfterFirstEnd) {
  std::vector<KnownState> states = {Aged(2), Aged(4)};
  states[0].ends_at = kNow;
  EXPECT_EQ(OldestToMedian(states, kNow), std::nullopt);
}

TEST(StalenessTest, IsNulloptForNoPredictions) {
  EXPECT_EQ(OldestToMedian({}, kNow), std::nullopt);
}

}  // namespace
}  // namespace wriftai::bench
