#include "service/admin/upstream_metrics.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "service/admin/metric_family.h"

namespace wriftai {

using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily UpstreamRequestFamily(const UpstreamStats& stats) {
  MetricFamily family =
      Family(MetricType::Histogram, "upstream_request_duration_seconds",
             "Time from sending a request to the upstream until its response "
             "is complete, or until it failed.");
  for (size_t operation = 0; operation < stats.operations().size();
       ++operation) {
    const UpstreamStats::Results& results = stats.operations()[operation];
    for (size_t result = 0; result < results.size(); ++result) {
      const auto& counts = results[result].counts();
      const bool occurred =
          std::any_of(counts.begin(), counts.end(),
                      [](int64_t count) { return count > 0; });
      if (!occurred) continue;
      AddHistogram(results[result],
                   {{"operation", UpstreamStats::kOperations[operation]},
                    {"result", UpstreamResult::kNames[result]}},
                   family);
    }
  }
  return family;
}

std::vector<MetricFamily> UpstreamConnectionFamilies(
    const ConnectionStats& stats) {
  return {Single(MetricType::Gauge, "upstream_connections",
                 "Open connections to the upstream.", stats.open),
          Single(MetricType::Gauge, "upstream_connections_limit",
                 "Maximum number of open connections to the upstream.",
                 stats.limit),
          Single(MetricType::Counter, "upstream_connections_opened_total",
                 "Connections to the upstream opened, each after its TLS "
                 "handshake.",
                 stats.opened)};
}

}  // namespace wriftai
