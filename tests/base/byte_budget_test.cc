#include "base/byte_budget.h"

#include <utility>

#include "gtest/gtest.h"

namespace wriftai {
namespace {

TEST(ByteBudgetTest, LimitsSingleOwnerToFourFifthsAndAdmitsNewOwner) {
  ByteBudget budget(100);
  auto first = budget.TryAcquire("a", 80);
  ASSERT_TRUE(first.has_value());
  EXPECT_FALSE(budget.TryAcquire("a", 1).has_value());
  EXPECT_FALSE(budget.TryAcquire("b", 17).has_value());
  EXPECT_TRUE(budget.TryAcquire("b", 16).has_value());
}

TEST(ByteBudgetTest, RejectsMoreThanTheMaximum) {
  ByteBudget budget(100);
  EXPECT_FALSE(budget.TryAcquire("a", 101).has_value());
  EXPECT_FALSE(budget.TryAcquire("a", ~size_t{0}).has_value());
  EXPECT_TRUE(budget.TryAcquire("a", 0).has_value());
  EXPECT_EQ(budget.held(), 0u);
}

TEST(ByteBudgetTest, HoldReleasesItsBytesOnce) {
  ByteBudget::Hold kept;
  {
    ByteBudget budget(100);
    auto hold = budget.TryAcquire("a", 30);
    kept = *std::move(hold);
    auto other = budget.TryAcquire("a", 10);
    EXPECT_EQ(budget.held(), 40u);
    other.reset();
    hold.reset();
    EXPECT_EQ(budget.held(), 30u);
    kept = ByteBudget::Hold();
    EXPECT_EQ(budget.held(), 0u);
    kept = *budget.TryAcquire("a", 50);
  }
}

}  // namespace
}  // namespace wriftai
