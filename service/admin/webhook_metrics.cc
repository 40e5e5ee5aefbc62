#include "service/admin/webhook_metrics.h"

#include <string>
#include <utility>

#include "service/admin/metric_family.h"

namespace wriftai {

using prometheus::MetricFamily;
using prometheus::MetricType;

std::vector<MetricFamily> DeliveryMetricFamilies(
    const DeliveryCounters& counters) {
  MetricFamily deliveries =
      Family(MetricType::Counter, "webhook_deliveries_total",
             "Connections to the webhook listener, by outcome.");
  for (size_t i = 0; i < DeliveryOutcome::kCount; ++i) {
    const DeliveryOutcome outcome = DeliveryOutcome::At(i);
    AddSample(static_cast<double>(counters.Count(outcome)),
              {{"outcome", std::string(outcome.name())}}, deliveries);
  }
  std::vector<MetricFamily> families;
  families.push_back(std::move(deliveries));
  return families;
}

std::vector<MetricFamily> WebhookMetricFamilies(const WebhookNumbers& numbers) {
  const WebhookStats& stats = numbers.stats;
  MetricFamily events =
      Family(MetricType::Counter, "webhook_events_total",
             "Accepted webhook events, by their effect on each credential.");
  const std::pair<const char*, int64_t> effects[] = {
      {"news", stats.news},       {"duplicate", stats.duplicates},
      {"early", stats.early},     {"out_of_order", stats.out_of_order},
      {"unknown", stats.unknown},
  };
  for (const auto& [effect, count] : effects) {
    AddSample(static_cast<double>(count), {{"effect", effect}}, events);
  }
  std::vector<MetricFamily> families;
  families.push_back(std::move(events));
  families.push_back(
      Single(MetricType::Counter, "webhook_missed_changes_total",
             "Changes of predictions with active webhooks that a poll found "
             "first.",
             stats.missed));
  families.push_back(
      Single(MetricType::Counter, "webhook_confirming_polls_total",
             "Polls of predictions with active webhooks that found no missed "
             "change.",
             stats.confirmed));
  families.push_back(
      Single(MetricType::Gauge, "webhook_poll_interval_seconds",
             "Current poll interval of predictions with active webhooks.",
             absl::ToDoubleSeconds(numbers.poll_interval)));
  families.push_back(Single(MetricType::Gauge, "webhook_known_predictions",
                            "Predictions with a known owner, which receives "
                            "their events.",
                            numbers.known_predictions));
  return families;
}

}  // namespace wriftai
