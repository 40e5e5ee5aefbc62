#include "upstream/budget/arrival_rate.h"

#include <cmath>

#include "gtest/gtest.h"

namespace wriftai {
namespace {

// One and a half per window, seen for long enough that the prior hardly counts.
ArrivalRate Steady() {
  ArrivalRate rate;
  for (int i = 0; i < 20; ++i) rate.OnWindow(1 + i % 2, 1);
  return rate;
}

TEST(ArrivalRateTest, LikelihoodIsThatOfAPoissonProcess) {
  const double mean = 30.5 / 20.5;
  EXPECT_DOUBLE_EQ(Steady().LikelihoodOf(0, 1), 1);
  EXPECT_NEAR(Steady().LikelihoodOf(1, 1), 1 - std::exp(-mean), 1e-9);
  EXPECT_NEAR(Steady().LikelihoodOf(2, 1), 1 - std::exp(-mean) * (1 + mean),
              1e-9);
}

TEST(ArrivalRateTest, LikelihoodFallsWithThePartOfTheWindow) {
  EXPECT_NEAR(Steady().LikelihoodOf(1, 0.08), 1 - std::exp(-0.08 * 30.5 / 20.5),
              1e-9);
}

TEST(ArrivalRateTest, WindowSeenInPartCountsInPart) {
  ArrivalRate half;
  for (int i = 0; i < 20; ++i) half.OnWindow(1, 0.5);
  EXPECT_NEAR(half.LikelihoodOf(1, 1), 1 - std::exp(-20.5 / 10.5), 1e-9);
}

TEST(ArrivalRateTest, ForgetsAConsumerAfterTwentyWindows) {
  ArrivalRate rate = Steady();
  for (int i = 0; i < 20; ++i) rate.OnWindow(0, 1);
  EXPECT_NEAR(rate.LikelihoodOf(1, 1), 1 - std::exp(-0.5 / 20.5), 1e-9);
}

TEST(ArrivalRateTest, IsUncertainBeforeTheFirstWindow) {
  EXPECT_NEAR(ArrivalRate().LikelihoodOf(1, 1), 1 - std::exp(-1), 1e-9);
}

}  // namespace
}  // namespace wriftai
