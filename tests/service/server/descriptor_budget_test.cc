#include "service/server/descriptor_budget.h"

#include "gtest/gtest.h"

namespace wriftai {
namespace {

DescriptorBudget All() {
  DescriptorBudget wanted;
  wanted.upstream = 512;
  wanted.callers = 2048;
  wanted.health = 256;
  wanted.operators = 256;
  wanted.webhooks = 2048;
  return wanted;
}

size_t Sum(const DescriptorBudget& budget) {
  return budget.upstream + budget.callers + budget.health + budget.operators +
         budget.webhooks;
}

TEST(DescriptorBudgetTest, GivesWhatIsWantedWhereTheLimitIsHigh) {
  EXPECT_EQ(Sum(DivideDescriptors(20'000, All())), Sum(All()));
}

TEST(DescriptorBudgetTest, AllPartsTogetherStayBelowTheLimit) {
  for (size_t limit = kReservedDescriptors + 32; limit < 20'000; limit += 7) {
    const DescriptorBudget budget = DivideDescriptors(limit, All());
    EXPECT_LE(Sum(budget) + kReservedDescriptors, limit);
    EXPECT_GE(budget.callers, 2u);
    EXPECT_GE(budget.upstream, 2u);
    EXPECT_LE(budget.callers, All().callers);
  }
}

TEST(DescriptorBudgetTest, TheUsualSoftLimitServesHundredsOfCallers) {
  DescriptorBudget wanted;
  wanted.upstream = 512;
  wanted.callers = 2048;
  wanted.operators = 256;
  const DescriptorBudget budget = DivideDescriptors(1024, wanted);
  EXPECT_GE(budget.callers, 400u);
  EXPECT_GE(budget.upstream, 400u);
}

TEST(DescriptorBudgetTest, ATinyLimitLeavesTwoOfEach) {
  const DescriptorBudget budget = DivideDescriptors(1, All());
  EXPECT_EQ(budget.callers, 2u);
  EXPECT_EQ(budget.operators, 2u);
}

TEST(DescriptorBudgetTest, APortThatThereIsNotGetsNone) {
  DescriptorBudget wanted = All();
  wanted.webhooks = 0;
  EXPECT_EQ(DivideDescriptors(1024, wanted).webhooks, 0u);
}

}  // namespace
}  // namespace wriftai
