#include "base/dynamic_threshold_limiter.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace wriftai {
namespace {

class DynamicThresholdLimiterTest : public ::testing::Test {
 protected:
  // Acquires all slots that the owner can get. Returns how many.
  size_t AcquireAll(const std::string& owner) {
    size_t taken = 0;
    while (auto slot = limiter_.TryAcquire(owner)) {
      slots_.push_back(*std::move(slot));
      ++taken;
    }
    return taken;
  }

  DynamicThresholdLimiter limiter_{16'000, 4};
  std::vector<DynamicThresholdLimiter::Slot> slots_;
};

TEST_F(DynamicThresholdLimiterTest, LimitsSingleOwnerToFourFifths) {
  EXPECT_EQ(AcquireAll("a"), 12'800u);
  EXPECT_EQ(limiter_.held_by("a"), 12'800u);
}

TEST_F(DynamicThresholdLimiterTest, AdmitsNewOwnerWhileOthersAreAtTheirLimit) {
  AcquireAll("a");
  EXPECT_EQ(AcquireAll("b"), 2'560u);
  EXPECT_EQ(AcquireAll("c"), 512u);
  EXPECT_EQ(AcquireAll("a"), 0u);
}

TEST_F(DynamicThresholdLimiterTest, NeverGrantsMoreThanMaxSlots) {
  size_t all = 0;
  for (int i = 0; i < 100; ++i) all += AcquireAll(std::to_string(i));
  EXPECT_EQ(all, 16'000u);
  EXPECT_FALSE(limiter_.TryAcquire("one more").has_value());
}

TEST_F(DynamicThresholdLimiterTest, MovedSlotIsReleasedOnce) {
  {
    auto slot = limiter_.TryAcquire("a");
    const DynamicThresholdLimiter::Slot moved = *std::move(slot);
    EXPECT_EQ(limiter_.held_by("a"), 1u);
  }
  EXPECT_EQ(limiter_.held_by("a"), 0u);
  EXPECT_EQ(AcquireAll("b"), 12'800u);
}

TEST_F(DynamicThresholdLimiterTest, SlotMayOutliveLimiter) {
  std::optional<DynamicThresholdLimiter::Slot> slot;
  {
    DynamicThresholdLimiter limiter(1, 4);
    slot.emplace(*limiter.TryAcquire("a"));
  }
  slot.reset();
}

}  // namespace
}  // namespace wriftai
