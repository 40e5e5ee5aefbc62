#include "service/server/descriptor_budget.h"

#include "gtest/gtest.h"

namespace wriftai {
namespace {

DescriptorBudget MaxRequest() {
  DescriptorBudget requested;
  requested.upstream = 512;
  requested.callers = 2048;
  requested.health = 256;
  requested.admin = 256;
  requested.webhooks = 2048;
  requested.peers = 512;
  return requested;
}

size_t Sum(const DescriptorBudget& budget) {
  return budget.upstream + budget.callers + budget.health + budget.admin +
         budget.webhooks + budget.peers;
}

TEST(DescriptorBudgetTest, GrantsFullRequestUnderHighLimit) {
  EXPECT_EQ(Sum(DivideDescriptors(20'000, MaxRequest())), Sum(MaxRequest()));
}

TEST(DescriptorBudgetTest, SumStaysBelowLimit) {
  for (size_t limit = kReservedDescriptors + 32; limit < 20'000; limit += 7) {
    const DescriptorBudget budget = DivideDescriptors(limit, MaxRequest());
    EXPECT_LE(Sum(budget) + kReservedDescriptors, limit);
    EXPECT_GE(budget.callers, 2u);
    EXPECT_GE(budget.upstream, 2u);
    EXPECT_LE(budget.callers, MaxRequest().callers);
  }
}

TEST(DescriptorBudgetTest, DefaultSoftLimitServesHundredsOfCallers) {
  DescriptorBudget requested;
  requested.upstream = 512;
  requested.callers = 2048;
  requested.admin = 256;
  const DescriptorBudget budget = DivideDescriptors(1024, requested);
  EXPECT_GE(budget.callers, 400u);
  EXPECT_GE(budget.upstream, 400u);
}

TEST(DescriptorBudgetTest, TinyLimitGrantsTwoOfEach) {
  const DescriptorBudget budget = DivideDescriptors(1, MaxRequest());
  EXPECT_EQ(budget.callers, 2u);
  EXPECT_EQ(budget.admin, 2u);
}

TEST(DescriptorBudgetTest, GrantsNothingToDisabledPort) {
  DescriptorBudget requested = MaxRequest();
  requested.webhooks = 0;
  EXPECT_EQ(DivideDescriptors(1024, requested).webhooks, 0u);
}

}  // namespace
}  // namespace wriftai
