#include "base/dynamic_threshold_limiter.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace wriftai {
namespace {

class DynamicThresholdLimiterTest : public ::testing::Test {
 protected:
  // Takes all that the owner can get; how many that were.
  size_t TakeAll(const std::string& owner) {
    size_t taken = 0;
    while (auto place = limit_.TryAcquire(owner)) {
      places_.push_back(*std::move(place));
      ++taken;
    }
    return taken;
  }

  DynamicThresholdLimiter limit_{16'000, 4};
  std::vector<DynamicThresholdLimiter::Slot> places_;
};

TEST_F(DynamicThresholdLimiterTest, OneAloneMayHaveFourFifths) {
  EXPECT_EQ(TakeAll("a"), 12'800u);
  EXPECT_EQ(limit_.held_by("a"), 12'800u);
}

TEST_F(DynamicThresholdLimiterTest, WhoComesNewFindsRoom) {
  TakeAll("a");
  EXPECT_EQ(TakeAll("b"), 2'560u);
  EXPECT_EQ(TakeAll("c"), 512u);
  EXPECT_EQ(TakeAll("a"), 0u);
}

TEST_F(DynamicThresholdLimiterTest, NoMoreThanAllAreTaken) {
  size_t all = 0;
  for (int i = 0; i < 100; ++i) all += TakeAll(std::to_string(i));
  EXPECT_EQ(all, 16'000u);
  EXPECT_FALSE(limit_.TryAcquire("one more").has_value());
}

TEST_F(DynamicThresholdLimiterTest, APlaceIsGivenBackOnceWhereverItWasMoved) {
  {
    auto place = limit_.TryAcquire("a");
    const DynamicThresholdLimiter::Slot moved = *std::move(place);
    EXPECT_EQ(limit_.held_by("a"), 1u);
  }
  EXPECT_EQ(limit_.held_by("a"), 0u);
  EXPECT_EQ(TakeAll("b"), 12'800u);
}

TEST_F(DynamicThresholdLimiterTest, APlaceMayOutliveTheLimit) {
  std::optional<DynamicThresholdLimiter::Slot> place;
  {
    DynamicThresholdLimiter limit(1, 4);
    place.emplace(*limit.TryAcquire("a"));
  }
  place.reset();
}

}  // namespace
}  // namespace wriftai
