#ifndef WRIFTAI_SERVICE_ADMIN_WEBHOOK_METRICS_H_
#define WRIFTAI_SERVICE_ADMIN_WEBHOOK_METRICS_H_

#include <cstddef>
#include <vector>

#include "absl/time/time.h"
#include "prometheus/metric_family.h"
#include "upstream/watch/webhook_stats.h"
#include "upstream/webhook/webhook_outcome.h"

namespace wriftai {

// What the watches have made of webhooks, at one moment. A value.
struct WebhookNumbers {
  WebhookStats stats;
  absl::Duration poll_interval;  // Of predictions that webhooks cover.
  size_t proven = 0;             // Whose ids events are told to somebody.
};

// What became of the connections to the listener. Any thread.
std::vector<prometheus::MetricFamily> DeliveryMetricFamilies(
    const WebhookCounters& counters);

// What became of the events that were accepted. Any thread.
std::vector<prometheus::MetricFamily> WebhookMetricFamilies(
    const WebhookNumbers& numbers);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_WEBHOOK_METRICS_H_
