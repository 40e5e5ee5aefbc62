#include "upstream/webhook/webhook_outcome.h"

#include <set>

#include "absl/strings/ascii.h"
#include "gtest/gtest.h"

namespace wriftai {
namespace {

TEST(WebhookOutcomeTest, NamesAreUniqueAndValidForMetrics) {
  std::set<absl::string_view> names;
  for (size_t i = 0; i < kWebhookOutcomes; ++i) {
    const auto name = WebhookOutcomeName(static_cast<WebhookOutcome>(i));
    EXPECT_TRUE(names.insert(name).second) << name;
    for (const char c : name) EXPECT_TRUE(absl::ascii_islower(c) || c == '_');
  }
}

TEST(WebhookOutcomeTest, OnlyAcceptedHasSuccessStatus) {
  for (size_t i = 0; i < kWebhookOutcomes; ++i) {
    const auto outcome = static_cast<WebhookOutcome>(i);
    EXPECT_EQ(WebhookHttpStatus(outcome) / 100 == 2,
              outcome == WebhookOutcome::kAccepted)
        << WebhookOutcomeName(outcome);
  }
}

TEST(WebhookCountersTest, CountsEachOutcomeSeparately) {
  WebhookCounters counters;
  counters.Add(WebhookOutcome::kStale);
  counters.Add(WebhookOutcome::kStale);
  counters.Add(WebhookOutcome::kIncomplete);
  EXPECT_EQ(counters.Count(WebhookOutcome::kAccepted), 0);
  EXPECT_EQ(counters.Count(WebhookOutcome::kStale), 2);
  EXPECT_EQ(counters.Count(WebhookOutcome::kIncomplete), 1);
}

}  // namespace
}  // namespace wriftai
