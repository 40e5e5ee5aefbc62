#include "tests/bench/waits/sequential_waits.h"

#include <algorithm>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/bench/waits/scene.h"

namespace wriftai::bench {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::Lt;

TEST(PlanRunTimesTest, KeepsEndsAwayFromPollsEverySecond) {
  std::vector<double> parts;
  for (const absl::Duration run_time : PlanRunTimes(4, absl::Seconds(3), 1)) {
    EXPECT_THAT(absl::ToDoubleSeconds(run_time), AllOf(Ge(2), Lt(4)));
    parts.push_back(absl::ToDoubleSeconds(
        run_time - absl::Floor(run_time, absl::Seconds(1))));
  }
  std::sort(parts.begin(), parts.end());
  EXPECT_THAT(parts, ElementsAre(testing::DoubleNear(0.2, 1e-6),
                                 testing::DoubleNear(0.4, 1e-6),
                                 testing::DoubleNear(0.6, 1e-6),
                                 testing::DoubleNear(0.8, 1e-6)));
}

TEST(PlanRunTimesTest, IsDeterministicForSeed) {
  const auto first = PlanRunTimes(10, absl::Seconds(3), 7);
  EXPECT_EQ(PlanRunTimes(10, absl::Seconds(3), 7), first);
  EXPECT_NE(PlanRunTimes(10, absl::Seconds(3), 8), first);
}

TEST(PlanEndsTest, ShufflesEnds) {
  auto ends = PlanEnds(5, absl::Seconds(60), 2, 1);
  EXPECT_FALSE(std::is_sorted(ends.begin(), ends.end()));
  std::sort(ends.begin(), ends.end());
  EXPECT_THAT(ends, ElementsAre(absl::Seconds(60), absl::Seconds(60.5),
                                absl::Seconds(61), absl::Seconds(61.5),
                                absl::Seconds(62)));
}

}  // namespace
}  // namespace wriftai::bench
