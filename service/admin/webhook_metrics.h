#ifndef WRIFTAI_SERVICE_ADMIN_WEBHOOK_METRICS_H_
#define WRIFTAI_SERVICE_ADMIN_WEBHOOK_METRICS_H_

#include <cstddef>
#include <vector>

#include "absl/time/time.h"
#include "prometheus/metric_family.h"
#include "service/webhook/delivery_outcome.h"
#include "upstream/webhook/webhook_stats.h"

namespace wriftai {

// A snapshot of the webhook counters. A value.
struct WebhookNumbers {
  WebhookStats stats;
  absl::Duration poll_interval;  // Of predictions with active webhooks.
  size_t known_predictions = 0;  // Predictions with a known owner.
};

// The outcomes of connections to the webhook listener. Any thread.
std::vector<prometheus::MetricFamily> DeliveryMetricFamilies(
    const DeliveryCounters& counters);

// The effects of accepted events. Any thread.
std::vector<prometheus::MetricFamily> WebhookMetricFamilies(
    const WebhookNumbers& numbers);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_WEBHOOK_METRICS_H_
