#include "service/admin/metrics.h"

#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "prometheus/text_serializer.h"

namespace wriftai {
namespace {

using ::testing::Contains;
using ::testing::EndsWith;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;

// The samples as Prometheus parses them, without the common prefix.
std::map<std::string, double> Samples(const EngineNumbers& numbers) {
  std::map<std::string, double> samples;
  for (absl::string_view line : absl::StrSplit(
           prometheus::TextSerializer().Serialize(MetricFamilies(numbers)),
           '\n', absl::SkipEmpty())) {
    if (line[0] == '#') continue;
    constexpr absl::string_view kPrefix = "wriftai_gateway_";
    EXPECT_TRUE(absl::ConsumePrefix(&line, kPrefix)) << line;
    const size_t space = line.rfind(' ');
    const bool added =
        samples
            .emplace(line.substr(0, space),
                     std::stod(std::string(line.substr(space + 1))))
            .second;
    EXPECT_TRUE(added) << "duplicate: " << line;
  }
  return samples;
}

BudgetStats Bucket(int64_t scale) {
  BudgetStats stats;
  stats.rate = 3.5 * static_cast<double>(scale);
  stats.limit = 10 * scale;
  stats.used = 4 * scale;
  stats.reserved_for_others = 2 * scale;
  stats.outstanding = 1 * scale;
  stats.queued = 5 * scale;
  stats.calls = 11 * scale;
  stats.polls = 12 * scale;
  stats.rejected = 13 * scale;
  stats.limited_by_self = 14 * scale;
  stats.limited_by_others = 15 * scale;
  return stats;
}

TEST(MetricsTest, ExportsEachBucketOfEachCredential) {
  EngineNumbers numbers;
  numbers.credentials = {{"aaa", Bucket(1), Bucket(10)},
                         {"bbb", Bucket(100), Bucket(1000)}};
  const auto samples = Samples(numbers);
  const std::pair<const char*, double> buckets[] = {
      {R"(credential="aaa",bucket="read")", 1},
      {R"(credential="aaa",bucket="create")", 10},
      {R"(credential="bbb",bucket="read")", 100},
      {R"(credential="bbb",bucket="create")", 1000}};
  for (const auto& [labels, scale] : buckets) {
    const std::pair<const char*, double> expected[] = {
        {"budget_requests_per_second{%s}", 3.5},
        {"budget_limit{%s}", 10},
        {"budget_used{%s}", 4},
        {"budget_left{%s}", 6},
        {"budget_reserved{%s}", 2},
        {"budget_outstanding{%s}", 1},
        {"budget_queued_calls{%s}", 5},
        {"upstream_requests_total{%s,purpose=\"call\"}", 11},
        {"upstream_requests_total{%s,purpose=\"poll\"}", 12},
        {"budget_refused_calls_total{%s}", 13},
        {"upstream_rate_limited_total{%s,by=\"us\"}", 14},
        {"upstream_rate_limited_total{%s,by=\"others\"}", 15}};
    for (const auto& [name, value] : expected) {
      const std::string sample = absl::StrReplaceAll(name, {{"%s", labels}});
      EXPECT_THAT(samples, Contains(Pair(sample, value * scale)));
    }
  }
}

TEST(MetricsTest, ExportsUpstreamHealth) {
  EXPECT_THAT(Samples({}), Contains(Pair("upstream_healthy", 1)));
  EngineNumbers numbers;
  numbers.upstream_healthy = false;
  EXPECT_THAT(Samples(numbers), Contains(Pair("upstream_healthy", 0)));
}

TEST(MetricsTest, CountsInexactFieldsAndSkippedItems) {
  EngineNumbers numbers;
  numbers.decoding.inexact_fields["created_at"] = 2;
  numbers.decoding.skipped_items = 3;
  const auto samples = Samples(numbers);
  EXPECT_THAT(
      samples,
      Contains(Pair("upstream_inexact_fields_total{field=\"created_at\"}", 2)));
  EXPECT_THAT(
      samples,
      Contains(Pair("upstream_inexact_fields_total{field=\"output\"}", 0)));
  EXPECT_THAT(samples, Contains(Pair("upstream_skipped_items_total", 3)));
}

TEST(MetricsTest, BudgetLeftIsZeroIfOthersExceedLimit) {
  EngineNumbers numbers;
  numbers.credentials = {{"aaa", Bucket(1), Bucket(1)}};
  numbers.credentials[0].reads.used = 12;
  EXPECT_THAT(
      Samples(numbers),
      Contains(Pair(R"(budget_left{credential="aaa",bucket="read"})", 0)));
}

TEST(MetricsTest, ExportsWatchStats) {
  EngineNumbers numbers;
  numbers.watches.gets = 1;
  numbers.watches.lists = 2;
  numbers.watches.seen_on_pages = 3;
  numbers.watches.waits = 4;
  numbers.watches.waits_from_cache = 5;
  numbers.watches.ended = 6;
  numbers.watch_count = 4;
  numbers.waiter_count = 10;
  numbers.open_circuit_breakers = 12;
  numbers.distrusted_lists = 13;
  numbers.cache_bytes = 7;
  numbers.cache_size = 8;
  numbers.request_ids = 9;
  numbers.request_id_bytes = 11;
  const auto samples = Samples(numbers);
  const std::pair<const char*, double> expected[] = {
      {"polls_total{method=\"get\"}", 1},
      {"polls_total{method=\"list\"}", 2},
      {"page_states_total", 3},
      {"waits_total", 4},
      {"cached_waits_total", 5},
      {"ended_predictions_total", 6},
      {"watches", 4},
      {"waiters", 10},
      {"coalescing_ratio", 2.5},
      {"open_circuit_breakers", 12},
      {"distrusted_lists", 13},
      {"cache_bytes", 7},
      {"cached_predictions", 8},
      {"request_ids", 9},
      {"request_id_bytes", 11}};
  for (const auto& sample : expected) EXPECT_THAT(samples, Contains(sample));
}

TEST(MetricsTest, CoalescingRatioIsZeroWithoutWatches) {
  EXPECT_THAT(Samples({}), Contains(Pair("coalescing_ratio", 0)));
}

TEST(MetricsTest, HistogramBucketsAreCumulative) {
  EngineNumbers numbers;
  numbers.watches.staleness.Add(absl::Milliseconds(1));  // On a bound.
  numbers.watches.staleness.Add(absl::Seconds(2));
  numbers.watches.staleness.Add(absl::Seconds(1000));  // Above all bounds.
  numbers.watches.terminal_delay.Add(absl::Milliseconds(30));
  const auto samples = Samples(numbers);
  const std::pair<const char*, double> expected[] = {
      {"staleness_seconds_bucket{le=\"0.001\"}", 1},
      {"staleness_seconds_bucket{le=\"1\"}", 1},
      {"staleness_seconds_bucket{le=\"2.5\"}", 2},
      {"staleness_seconds_bucket{le=\"300\"}", 2},
      {"staleness_seconds_bucket{le=\"+Inf\"}", 3},
      {"staleness_seconds_count", 3},
      {"staleness_seconds_sum", 1002.001},
      {"terminal_delay_seconds_bucket{le=\"0.025\"}", 0},
      {"terminal_delay_seconds_bucket{le=\"0.05\"}", 1},
      {"terminal_delay_seconds_sum", 0.03}};
  for (const auto& sample : expected) EXPECT_THAT(samples, Contains(sample));
}

TEST(MetricsTest, NamesUpToHundredCredentials) {
  EngineNumbers numbers;
  for (size_t i = 0; i < kMaxCredentials; ++i) {
    numbers.credentials.push_back({absl::StrFormat("%012d", i), {}, {}});
  }
  const auto samples = Samples(numbers);
  for (const auto& credential : numbers.credentials) {
    EXPECT_THAT(samples, Contains(Key(absl::StrCat("budget_used{credential=\"",
                                                   credential.name,
                                                   "\",bucket=\"read\"}"))));
  }
  EXPECT_THAT(samples, Not(Contains(Key(R"(budget_used{credential="other",)"
                                        R"(bucket="read"})"))));
}

TEST(MetricsTest, SumsLeastActiveCredentialsAboveLimit) {
  EngineNumbers numbers;
  for (size_t i = 0; i < kMaxCredentials + 3; ++i) {
    BudgetStats reads;
    reads.calls = static_cast<int64_t>(i);
    reads.used = 1;
    BudgetStats creates;
    creates.polls = static_cast<int64_t>(i);
    numbers.credentials.push_back(
        {absl::StrFormat("%012d", i), reads, creates});
  }
  const auto samples = Samples(numbers);
  const auto sent = [](const std::string& credential) {
    return absl::StrCat("upstream_requests_total{credential=\"", credential,
                        "\",bucket=\"read\",purpose=\"call\"}");
  };
  // 0 + 1 + 2.
  EXPECT_THAT(samples, Contains(Pair(sent("other"), 3)));
  EXPECT_THAT(
      samples,
      Contains(Pair(R"(budget_used{credential="other",bucket="read"})", 3)));
  EXPECT_THAT(samples, Not(Contains(Key(sent("000000000002")))));
  EXPECT_THAT(samples, Contains(Pair(sent("000000000003"), 3)));
}

TEST(MetricsTest, BoundsSeriesForManyCredentials) {
  EngineNumbers numbers;
  for (int i = 0; i < 10'000; ++i) {
    numbers.credentials.push_back({absl::StrFormat("%012d", i), {}, {}});
  }
  EngineNumbers one;
  one.credentials.resize(1);
  const size_t base = Samples({}).size();
  const size_t each = Samples(one).size() - base;
  EXPECT_EQ(each, 24u);  // The basis for kMaxCredentials.
  EXPECT_THAT(Samples(numbers), SizeIs(base + each * (kMaxCredentials + 1)));
}

TEST(MetricsTest, FollowsPrometheusConventions) {
  std::set<std::string> names;
  for (const prometheus::MetricFamily& family : MetricFamilies({})) {
    EXPECT_TRUE(names.insert(family.name).second) << family.name;
    EXPECT_THAT(family.help, EndsWith(".")) << family.name;
    EXPECT_EQ(testing::Matches(EndsWith("_total"))(family.name),
              family.type == prometheus::MetricType::Counter)
        << family.name;
  }
}

TEST(MetricsTest, ExportsWebhookStats) {
  EngineNumbers numbers;
  numbers.webhooks.stats.news = 1;
  numbers.webhooks.stats.duplicates = 2;
  numbers.webhooks.stats.out_of_order = 3;
  numbers.webhooks.stats.early = 4;
  numbers.webhooks.stats.unknown = 5;
  numbers.webhooks.stats.missed = 6;
  numbers.webhooks.stats.confirmed = 7;
  numbers.webhooks.poll_interval = absl::Seconds(30);
  numbers.webhooks.known_predictions = 8;
  const std::pair<const char*, double> expected[] = {
      {R"(webhook_events_total{effect="news"})", 1},
      {R"(webhook_events_total{effect="duplicate"})", 2},
      {R"(webhook_events_total{effect="out_of_order"})", 3},
      {R"(webhook_events_total{effect="early"})", 4},
      {R"(webhook_events_total{effect="unknown"})", 5},
      {"webhook_missed_changes_total", 6},
      {"webhook_confirming_polls_total", 7},
      {"webhook_poll_interval_seconds", 30},
      {"webhook_known_predictions", 8}};
  for (const auto& [sample, value] : expected) {
    EXPECT_THAT(Samples(numbers), Contains(Pair(sample, value)));
  }
}

}  // namespace
}  // namespace wriftai
