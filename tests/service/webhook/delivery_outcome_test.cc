#include "service/webhook/delivery_outcome.h"

#include <set>

#include "absl/strings/ascii.h"
#include "gtest/gtest.h"

namespace wriftai {
namespace {

TEST(DeliveryOutcomeTest, NamesAreUniqueAndValidForMetrics) {
  std::set<absl::string_view> names;
  for (size_t i = 0; i < DeliveryOutcome::kCount; ++i) {
    const auto name = DeliveryOutcome::At(i).name();
    EXPECT_TRUE(names.insert(name).second) << name;
    for (const char c : name) EXPECT_TRUE(absl::ascii_islower(c) || c == '_');
  }
}

TEST(DeliveryOutcomeTest, OnlyAcceptedHasSuccessStatus) {
  for (size_t i = 0; i < DeliveryOutcome::kCount; ++i) {
    const auto outcome = DeliveryOutcome::At(i);
    EXPECT_EQ(outcome.http_status() / 100 == 2,
              i == static_cast<size_t>(WebhookOutcome::kAccepted))
        << outcome.name();
  }
}

TEST(DeliveryCountersTest, CountsEachOutcomeSeparately) {
  DeliveryCounters counters;
  counters.Add(WebhookOutcome::kStale);
  counters.Add(WebhookOutcome::kStale);
  counters.Add(HttpFailure::kDisconnected);
  EXPECT_EQ(counters.Count(WebhookOutcome::kAccepted), 0);
  EXPECT_EQ(counters.Count(WebhookOutcome::kStale), 2);
  EXPECT_EQ(counters.Count(HttpFailure::kDisconnected), 1);
}

}  // namespace
}  // namespace wriftai
