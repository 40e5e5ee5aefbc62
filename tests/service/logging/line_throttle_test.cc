#include "service/logging/line_throttle.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace wriftai {
namespace {

constexpr absl::Time kNow = absl::UnixEpoch();

TEST(LineThrottleTest, LimitsOneKindToBurstThenRateAndCountsSuppressed) {
  LineThrottle throttle;
  for (int i = 0; i < LineThrottle::kBurst; ++i) {
    EXPECT_EQ(throttle.Admit("a", kNow), 0);
  }
  for (int i = 0; i < 500; ++i) {
    EXPECT_EQ(throttle.Admit("a", kNow), std::nullopt);
  }
  EXPECT_EQ(throttle.suppressed(), 500);
  const absl::Time later = kNow + LineThrottle::kInterval;
  EXPECT_EQ(throttle.Admit("a", later), 500);
  EXPECT_EQ(throttle.Admit("a", later), std::nullopt);
}

TEST(LineThrottleTest, FloodOfOneKindDoesNotSuppressOthers) {
  LineThrottle throttle;
  for (int i = 0; i < 5000; ++i) throttle.Admit("a", kNow);
  EXPECT_EQ(throttle.Admit("b", kNow), 0);
}

TEST(LineThrottleTest, BoundsMemoryByMergingExcessKinds) {
  LineThrottle throttle;
  int admitted = 0;
  for (int i = 0; i < 100'000; ++i) {
    if (throttle.Admit(absl::StrCat(i), kNow).has_value()) ++admitted;
  }
  EXPECT_EQ(admitted,
            static_cast<int>(LineThrottle::kMaxKinds) + LineThrottle::kBurst);
}

}  // namespace
}  // namespace wriftai
