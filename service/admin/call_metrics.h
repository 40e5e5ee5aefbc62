#ifndef WRIFTAI_SERVICE_ADMIN_CALL_METRICS_H_
#define WRIFTAI_SERVICE_ADMIN_CALL_METRICS_H_

#include <cstdint>
#include <vector>

#include "prometheus/metric_family.h"
#include "service/telemetry/call_stats.h"
#include "service/telemetry/open_streams.h"

namespace wriftai {

// The metrics of callers' calls, after OpenTelemetry's conventions for gRPC
// servers (gRPC's proposal A66), as Prometheus names them. Every method has
// started from 0 on; the rest has series only for the codes that have come up,
// as each has 84 of them. With those of their streams and, `dropped_lines`, of
// the log's lines that were lost. Pure, any thread.
std::vector<prometheus::MetricFamily> CallMetricFamilies(
    const CallStats& stats, const StreamStats& streams, int64_t dropped_lines);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_CALL_METRICS_H_
