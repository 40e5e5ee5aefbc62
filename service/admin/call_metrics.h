#ifndef WRIFTAI_SERVICE_ADMIN_CALL_METRICS_H_
#define WRIFTAI_SERVICE_ADMIN_CALL_METRICS_H_

#include <cstdint>
#include <vector>

#include "prometheus/metric_family.h"
#include "service/telemetry/call_stats.h"
#include "service/telemetry/open_streams.h"

namespace wriftai {

// The metrics of inbound calls, streams and dropped log lines. Calls follow
// OpenTelemetry's conventions for gRPC servers (gRPC proposal A66) in
// Prometheus' naming. `started` has a series for every method from the start.
// The histograms have series only for codes that occurred: each code has 84.
// Pure, any thread.
std::vector<prometheus::MetricFamily> CallMetricFamilies(
    const CallStats& stats, const StreamStats& streams, int64_t dropped_lines);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_CALL_METRICS_H_
