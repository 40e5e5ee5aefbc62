#ifndef WRIFTAI_SERVICE_ADMIN_CONNECTION_METRICS_H_
#define WRIFTAI_SERVICE_ADMIN_CONNECTION_METRICS_H_

#include <utility>
#include <vector>

#include "base/listener_counters.h"
#include "prometheus/metric_family.h"

namespace wriftai {

// A listening port by the name that its metrics have as a label.
using NamedListener = std::pair<const char*, const ListenerCounters*>;

// The metrics of the connections of all `listeners`, and whether the gRPC port
// answers.
//
// Threads: any.
std::vector<prometheus::MetricFamily> ConnectionMetricFamilies(
    const std::vector<NamedListener>& listeners, bool grpc_port_answers);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_CONNECTION_METRICS_H_
