#include "base/byte_budget.h"

#include <utility>

#include "gtest/gtest.h"

namespace wriftai {
namespace {

TEST(ByteBudget, GivesAnOwnerFourFifthsAndANewOneRoom) {
  ByteBudget budget(100);
  auto first = budget.Take("a", 80);
  ASSERT_TRUE(first.has_value());
  EXPECT_FALSE(budget.Take("a", 1).has_value());
  EXPECT_FALSE(budget.Take("b", 17).has_value());
  EXPECT_TRUE(budget.Take("b", 16).has_value());
}

TEST(ByteBudget, RefusesMoreThanThereIs) {
  ByteBudget budget(100);
  EXPECT_FALSE(budget.Take("a", 101).has_value());
  EXPECT_FALSE(budget.Take("a", ~size_t{0}).has_value());
  EXPECT_TRUE(budget.Take("a", 0).has_value());
  EXPECT_EQ(budget.taken(), 0u);
}

TEST(ByteBudget, TakesBackWhatAHoldReleases) {
  ByteBudget::Hold kept;
  {
    ByteBudget budget(100);
    auto hold = budget.Take("a", 30);
    kept = *std::move(hold);
    auto other = budget.Take("a", 10);
    EXPECT_EQ(budget.taken(), 40u);
    other.reset();
    hold.reset();
    EXPECT_EQ(budget.taken(), 30u);
    kept = ByteBudget::Hold();
    EXPECT_EQ(budget.taken(), 0u);
    kept = *budget.Take("a", 50);
  }
}

}  // namespace
}  // namespace wriftai
