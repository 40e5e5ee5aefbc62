#ifndef WRIFTAI_SERVICE_ADMIN_PROCESS_METRICS_H_
#define WRIFTAI_SERVICE_ADMIN_PROCESS_METRICS_H_

#include <vector>

#include "base/process_numbers.h"
#include "prometheus/metric_family.h"

namespace wriftai {

// The build, and the process by the names of Prometheus' client libraries. Any
// thread.
std::vector<prometheus::MetricFamily> ProcessMetricFamilies(
    const ProcessNumbers& numbers);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_PROCESS_METRICS_H_
