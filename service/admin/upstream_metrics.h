#ifndef WRIFTAI_SERVICE_ADMIN_UPSTREAM_METRICS_H_
#define WRIFTAI_SERVICE_ADMIN_UPSTREAM_METRICS_H_

#include <vector>

#include "prometheus/metric_family.h"
#include "upstream/http/connection_stats.h"
#include "upstream/rest/upstream_stats.h"

namespace wriftai {

// The requests to the upstream, and the connections they use. Any thread.
prometheus::MetricFamily UpstreamRequestFamily(const UpstreamStats& stats);
std::vector<prometheus::MetricFamily> UpstreamConnectionFamilies(
    const ConnectionStats& stats);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_UPSTREAM_METRICS_H_
