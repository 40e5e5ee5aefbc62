#include "service/admin/metrics.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "service/admin/metric_family.h"
#include "service/admin/upstream_metrics.h"
#include "service/admin/webhook_metrics.h"

namespace wriftai {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Credentials = std::vector<EngineNumbers::Credential>;
using Labels = std::vector<ClientMetric::Label>;

MetricFamily Durations(const char* name, const char* help,
                       const DurationHistogram& durations) {
  MetricFamily family = Family(MetricType::Histogram, name, help);
  AddHistogram(durations, {}, family);
  return family;
}

int64_t Left(const BudgetStats& stats) {
  return std::max<int64_t>(0, stats.limit - stats.used);
}

int64_t Sent(const EngineNumbers::Credential& credential) {
  return credential.reads.calls + credential.reads.polls +
         credential.creates.calls + credential.creates.polls;
}

void Add(const BudgetStats& more, BudgetStats& sum) {
  sum.rate += more.rate;
  sum.own_rate += more.own_rate;
  sum.limit += more.limit;
  sum.used += more.used;
  sum.reserved_for_others += more.reserved_for_others;
  sum.outstanding += more.outstanding;
  sum.queued += more.queued;
  sum.calls += more.calls;
  sum.polls += more.polls;
  sum.rejected += more.rejected;
  sum.limited_by_self += more.limited_by_self;
  sum.limited_by_others += more.limited_by_others;
}

// One metric with a sample per bucket of each credential.
class BudgetFamily {
 public:
  BudgetFamily(MetricType type, const char* name, const char* help,
               const Credentials& credentials)
      : family_(Family(type, name, help)), credentials_(credentials) {}

  // Adds a sample for each bucket; `more`, if named, is an additional label.
  template <typename Value>
  BudgetFamily& Add(Value value, const ClientMetric::Label& more = {}) {
    for (const EngineNumbers::Credential& credential : credentials_) {
      const std::pair<const char*, const BudgetStats*> buckets[] = {
          {"read", &credential.reads}, {"create", &credential.creates}};
      for (const auto& [bucket, stats] : buckets) {
        Labels labels = {{"credential", credential.name}, {"bucket", bucket}};
        if (!more.name.empty()) labels.push_back(more);
        AddSample(static_cast<double>(value(*stats)), std::move(labels),
                  family_);
      }
    }
    return *this;
  }

  MetricFamily Take() { return std::move(family_); }

 private:
  MetricFamily family_;
  const Credentials& credentials_;
};

void AddBudgets(const Credentials& credentials,
                std::vector<MetricFamily>& families) {
  const auto gauge = [&](const char* name, const char* help, auto value) {
    families.push_back(BudgetFamily(MetricType::Gauge, name, help, credentials)
                           .Add(value)
                           .Take());
  };
  gauge("budget_requests_per_second",
        "Requests per second the upstream allows for the token.",
        [](const BudgetStats& stats) { return stats.rate; });
  gauge("budget_limit", "Requests the upstream allows per window.",
        [](const BudgetStats& stats) { return stats.limit; });
  gauge("budget_used",
        "Requests sent in the current window, by this gateway and by others.",
        [](const BudgetStats& stats) { return stats.used; });
  gauge("budget_left", "Requests left in the current window.", Left);
  gauge("budget_reserved",
        "Requests per window reserved for other consumers of the token.",
        [](const BudgetStats& stats) { return stats.reserved_for_others; });
  gauge("budget_outstanding", "Requests sent that await a response.",
        [](const BudgetStats& stats) { return stats.outstanding; });
  gauge("budget_queued_calls", "Calls queued for the budget.",
        [](const BudgetStats& stats) { return stats.queued; });
  families.push_back(
      BudgetFamily(
          MetricType::Counter, "upstream_requests_total",
          "Requests released to the upstream, for calls and for polls.",
          credentials)
          .Add([](const BudgetStats& stats) { return stats.calls; },
               {"purpose", "call"})
          .Add([](const BudgetStats& stats) { return stats.polls; },
               {"purpose", "poll"})
          .Take());
  families.push_back(
      BudgetFamily(MetricType::Counter, "budget_refused_calls_total",
                   "Calls refused because the budget was exhausted until after "
                   "their deadline.",
                   credentials)
          .Add([](const BudgetStats& stats) { return stats.rejected; })
          .Take());
  families.push_back(
      BudgetFamily(MetricType::Counter, "upstream_rate_limited_total",
                   "Upstream responses with status 429, by the source of the "
                   "excess requests.",
                   credentials)
          .Add([](const BudgetStats& stats) { return stats.limited_by_self; },
               {"by", "us"})
          .Add([](const BudgetStats& stats) { return stats.limited_by_others; },
               {"by", "others"})
          .Take());
}

void AddDecoding(const DecodeStats& stats,
                 std::vector<MetricFamily>& families) {
  MetricFamily fields =
      Family(MetricType::Counter, "upstream_inexact_fields_total",
             "Fields of upstream responses and webhooks that were omitted, "
             "truncated or repaired.");
  for (const auto& [name, count] : stats.inexact_fields) {
    AddSample(static_cast<double>(count), {{"field", name}}, fields);
  }
  families.push_back(std::move(fields));
  families.push_back(
      Single(MetricType::Counter, "upstream_skipped_items_total",
             "Items of list pages skipped for an invalid id or status, or for "
             "repeating an earlier id.",
             stats.skipped_items));
}

void AddWatches(const EngineNumbers& numbers,
                std::vector<MetricFamily>& families) {
  const WatchStats& stats = numbers.watches;
  families.push_back(Single(MetricType::Gauge, "waiters", "Active Waits.",
                            numbers.waiter_count));
  families.push_back(Single(MetricType::Gauge, "watches",
                            "Distinct watched predictions, by credential.",
                            numbers.watch_count));
  families.push_back(Single(
      MetricType::Gauge, "coalescing_ratio",
      "Waiters per watch; 0 without watches.",
      numbers.watch_count == 0 ? 0
                               : static_cast<double>(numbers.waiter_count) /
                                     static_cast<double>(numbers.watch_count)));
  families.push_back(
      Single(MetricType::Gauge, "open_circuit_breakers",
             "Credentials whose polls are paused because the upstream seems "
             "down.",
             numbers.open_circuit_breakers));
  families.push_back(
      Single(MetricType::Gauge, "distrusted_lists",
             "Credentials polled by GET because their list pages were stale.",
             numbers.distrusted_lists));
  MetricFamily polls =
      Family(MetricType::Counter, "polls_total",
             "Polls: of one prediction (get) or of a list page (list).");
  AddSample(static_cast<double>(stats.gets), {{"method", "get"}}, polls);
  AddSample(static_cast<double>(stats.lists), {{"method", "list"}}, polls);
  families.push_back(std::move(polls));
  const auto counter = [&](const char* name, const char* help, int64_t value) {
    families.push_back(Single(MetricType::Counter, name, help, value));
  };
  counter("page_states_total",
          "States of watched predictions seen on list pages.",
          stats.seen_on_pages);
  counter("waits_total", "Waits started.", stats.waits);
  counter("cached_waits_total",
          "Waits that got their first state from the cache.",
          stats.waits_from_cache);
  counter("ended_predictions_total", "Predictions that ended while watched.",
          stats.ended);
  families.push_back(Durations(
      "staleness_seconds", "Time between observations of a watched prediction.",
      stats.staleness));
  families.push_back(Durations(
      "terminal_delay_seconds",
      "Time from a prediction's end upstream until its waiters are notified.",
      stats.terminal_delay));
}

}  // namespace

Credentials BoundedCredentials(Credentials credentials) {
  if (credentials.size() <= kMaxCredentials) return credentials;
  const auto rest =
      credentials.begin() + static_cast<std::ptrdiff_t>(kMaxCredentials);
  std::nth_element(credentials.begin(), rest, credentials.end(),
                   [](const auto& a, const auto& b) {
                     return std::make_pair(-Sent(a), a.name) <
                            std::make_pair(-Sent(b), b.name);
                   });
  EngineNumbers::Credential others;
  others.name = kOtherCredentials;
  for (auto other = rest; other != credentials.end(); ++other) {
    Add(other->reads, others.reads);
    Add(other->creates, others.creates);
  }
  credentials.erase(rest, credentials.end());
  credentials.push_back(std::move(others));
  return credentials;
}

std::vector<MetricFamily> MetricFamilies(const EngineNumbers& numbers) {
  std::vector<MetricFamily> families;
  const Credentials credentials = BoundedCredentials(numbers.credentials);
  AddBudgets(credentials, families);
  families.push_back(
      Single(MetricType::Gauge, "upstream_healthy",
             "0 after five consecutive failed upstream requests, else 1.",
             numbers.upstream_healthy ? 1 : 0));
  families.push_back(UpstreamRequestFamily(numbers.upstream));
  AddDecoding(numbers.decoding, families);
  AddWatches(numbers, families);
  const auto add = [&](MetricType type, const char* name, const char* help,
                       auto value) {
    families.push_back(Single(type, name, help, value));
  };
  add(MetricType::Gauge, "cache_bytes",
      "Memory of cached predictions, in bytes.", numbers.cache_bytes);
  add(MetricType::Gauge, "cached_predictions",
      "Predictions cached without a waiter.", numbers.cache_size);
  add(MetricType::Gauge, "request_ids",
      "Request ids of creates in progress or remembered.", numbers.request_ids);
  add(MetricType::Gauge, "request_id_bytes",
      "Memory of the predictions remembered with request ids, in bytes.",
      numbers.request_id_bytes);
  for (MetricFamily& family : WebhookMetricFamilies(numbers.webhooks)) {
    families.push_back(std::move(family));
  }
  return families;
}

}  // namespace wriftai
