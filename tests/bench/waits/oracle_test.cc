#include "tests/bench/waits/oracle.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wriftai::bench {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

absl::Time At(double seconds) {
  return absl::UnixEpoch() + absl::Seconds(seconds);
}

TEST(OracleTest, ReadsImmediatelyWithinBudget) {
  EXPECT_THAT(OracleDelays({At(10.5), At(10.75)}, {2, {}}),
              ElementsAre(absl::ZeroDuration(), absl::ZeroDuration()));
}

TEST(OracleTest, WaitsForNextSecondOfClockWhenBudgetIsExhausted) {
  EXPECT_THAT(
      OracleDelays({At(10.5), At(10.5), At(10.5), At(10.5), At(10.5)}, {2, {}}),
      ElementsAre(absl::ZeroDuration(), absl::ZeroDuration(),
                  absl::Seconds(0.5), absl::Seconds(0.5), absl::Seconds(1.5)));
}

TEST(OracleTest, ReadsInOrderOfEnds) {
  EXPECT_THAT(OracleDelays({At(10.75), At(10.25)}, {1, {}}),
              ElementsAre(absl::ZeroDuration(), absl::Seconds(0.25)));
}

TEST(OracleTest, ResetsBudgetInIdleSecond) {
  EXPECT_THAT(OracleDelays({At(10.5), At(12.25)}, {1, {}}),
              ElementsAre(absl::ZeroDuration(), absl::ZeroDuration()));
}

TEST(OracleTest, DeductsReadsOfOthers) {
  EXPECT_THAT(OracleDelays({At(10), At(10)}, {2, {{10, 1}, {11, 3}}}),
              ElementsAre(absl::ZeroDuration(), absl::Seconds(2)));
}

TEST(OracleTest, ReturnsNothingForNoEnds) {
  EXPECT_THAT(OracleDelays({}, {3, {}}), IsEmpty());
}

}  // namespace
}  // namespace wriftai::bench
