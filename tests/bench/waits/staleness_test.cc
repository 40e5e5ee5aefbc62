#include "tests/bench/waits/staleness.h"

#include "gtest/gtest.h"

namespace wriftai::bench {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(100);

KnownState Aged(int seconds) {
  return {kNow - absl::Seconds(seconds), true, kNow + absl::Seconds(1)};
}

TEST(Staleness, IsTheOldestAgeOverTheMedianAge) {
  EXPECT_EQ(OldestToMedian({Aged(2), Aged(12), Aged(4)}, kNow), 3);
}

TEST(Staleness, OfPredictionsThatAreReadInTurnIsTwo) {
  std::vector<KnownState> states;
  for (int age = 99; age >= 0; --age) states.push_back(Aged(age));
  EXPECT_EQ(OldestToMedian(states, kNow), 2);
}

TEST(Staleness, IsNotSaidBeforeTheFirstRoundIsOver) {
  std::vector<KnownState> states = {Aged(2), Aged(4)};
  states[1].refreshed = false;
  EXPECT_EQ(OldestToMedian(states, kNow), std::nullopt);
}

TEST(Staleness, IsNotSaidAfterTheFirstEnd) {
  std::vector<KnownState> states = {Aged(2), Aged(4)};
  states[0].ends_at = kNow;
  EXPECT_EQ(OldestToMedian(states, kNow), std::nullopt);
}

TEST(Staleness, OfNothingIsNotSaid) {
  EXPECT_EQ(OldestToMedian({}, kNow), std::nullopt);
}

}  // namespace
}  // namespace wriftai::bench
