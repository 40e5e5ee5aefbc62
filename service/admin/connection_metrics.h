#ifndef WRIFTAI_SERVICE_ADMIN_CONNECTION_METRICS_H_
#define WRIFTAI_SERVICE_ADMIN_CONNECTION_METRICS_H_

#include <utility>
#include <vector>

#include "base/listener_counters.h"
#include "prometheus/metric_family.h"

namespace wriftai {

// A listening port and the value of its `listener` label.
using NamedListener = std::pair<const char*, const ListenerCounters*>;

// The connection metrics of all `listeners`, and the health of the gRPC port.
//
// Threads: any.
std::vector<prometheus::MetricFamily> ConnectionMetricFamilies(
    const std::vector<NamedListener>& listeners, bool grpc_port_responds);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_CONNECTION_METRICS_H_
