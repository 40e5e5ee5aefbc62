#ifndef WRIFTAI_SERVICE_ADMIN_WEBHOOK_METRICS_H_
#define WRIFTAI_SERVICE_ADMIN_WEBHOOK_METRICS_H_

#include <vector>

#include "prometheus/metric_family.h"
#include "service/engine/engine_numbers.h"
#include "service/webhook/delivery_outcome.h"

namespace wriftai {

// The outcomes of connections to the webhook listener. Any thread.
std::vector<prometheus::MetricFamily> DeliveryMetricFamilies(
    const DeliveryCounters& counters);

// The effects of accepted events. Any thread.
std::vector<prometheus::MetricFamily> WebhookMetricFamilies(
    const WebhookNumbers& numbers);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_WEBHOOK_METRICS_H_
