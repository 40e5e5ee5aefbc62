#ifndef WRIFTAI_SERVICE_ADMIN_REPLICA_METRICS_H_
#define WRIFTAI_SERVICE_ADMIN_REPLICA_METRICS_H_

#include <vector>

#include "prometheus/metric_family.h"
#include "service/replica/replica_numbers.h"

namespace wriftai {

// The metrics of a replica in its cluster; all 0 without one. Any thread.
std::vector<prometheus::MetricFamily> ReplicaMetricFamilies(
    const ReplicaNumbers& numbers);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_REPLICA_METRICS_H_
