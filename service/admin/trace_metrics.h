#ifndef WRIFTAI_SERVICE_ADMIN_TRACE_METRICS_H_
#define WRIFTAI_SERVICE_ADMIN_TRACE_METRICS_H_

#include <vector>

#include "prometheus/metric_family.h"
#include "service/tracing/export_counts.h"

namespace wriftai {

// What became of the spans; all 0 if `counts` is null (no traces). Any thread.
std::vector<prometheus::MetricFamily> TraceMetricFamilies(
    const ExportCounts* counts);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_TRACE_METRICS_H_
