#include "upstream/budget/budget_registry.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "base/credential.h"
#include "base/idle_evictor.h"
#include "base/secret.h"
#include "gtest/gtest.h"
#include "tests/support/manual_event_loop.h"

namespace wriftai {
namespace {

class BudgetRegistryTest : public ::testing::Test {
 protected:
  static std::shared_ptr<const Credential> As(std::string token) {
    return std::make_shared<const Credential>(Secret(std::move(token)));
  }

  int count() {
    int count = 0;
    registry_.ForEach([&](CredentialBudget&) { ++count; });
    return count;
  }

  ManualEventLoop event_loop_;
  BudgetRegistry registry_{BudgetRegistry::Rates(), event_loop_};
};

TEST_F(BudgetRegistryTest, KeepsOneBudgetPerToken) {
  const auto alice = registry_.For(As("alice"));
  EXPECT_EQ(registry_.For(As("alice")), alice);
  EXPECT_NE(registry_.For(As("bob")), alice);
  EXPECT_EQ(alice->reads.rate(), 3);
  EXPECT_EQ(alice->creates.rate(), 15);
}

TEST_F(BudgetRegistryTest, EvictsUnreferencedIdleBudgets) {
  const auto held = registry_.For(As("held"));
  registry_.For(As("idle"));
  event_loop_.Advance(BudgetRegistry::kEvictAfter - absl::Seconds(1));
  registry_.For(As("used"));
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_EQ(count(), 2);
  EXPECT_EQ(registry_.For(As("held")), held);
}

TEST_F(BudgetRegistryTest, EvictsEarlyWhenThereAreMany) {
  const auto held = registry_.For(As("held"));
  const auto many = static_cast<int>(IdleEvictor::kHighWatermark);
  for (int i = 1; i < many; ++i) registry_.For(As(std::to_string(i)));
  event_loop_.Advance(BudgetRegistry::kEvictManyAfter);
  EXPECT_EQ(count(), many);
  registry_.For(As("one more"));
  event_loop_.RunPosted();
  EXPECT_EQ(count(), 2);
  EXPECT_EQ(registry_.For(As("held")), held);
}

TEST_F(BudgetRegistryTest, KeepsManyBudgetsInUse) {
  const auto many = static_cast<int>(IdleEvictor::kHighWatermark);
  for (int i = 0; i < 3 * many; ++i) registry_.For(As(std::to_string(i)));
  event_loop_.RunPosted();
  EXPECT_EQ(count(), 3 * many);
}

TEST_F(BudgetRegistryTest, HasNoTimerWhenEmpty) {
  registry_.For(As("idle"));
  event_loop_.Advance(BudgetRegistry::kEvictAfter * 3);
  EXPECT_EQ(count(), 0);
  EXPECT_EQ(event_loop_.NextTimer(), std::nullopt);
}

}  // namespace
}  // namespace wriftai
