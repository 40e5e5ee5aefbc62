#ifndef WRIFTAI_SERVICE_ADMIN_METRICS_H_
#define WRIFTAI_SERVICE_ADMIN_METRICS_H_

#include <cstddef>
#include <vector>

#include "prometheus/metric_family.h"
#include "service/engine/engine_numbers.h"

namespace wriftai {

// Maximum number of credentials with their own series. Each has 24 series, so a
// Prometheus that scrapes a few replicas stays within tens of thousands.
// Callers bring their own tokens, so without a limit they would control the
// number of series.
inline constexpr size_t kMaxCredentials = 100;

// The name for the sum of the remaining credentials; shorter than any hash.
inline constexpr char kOtherCredentials[] = "other";

// Keeps the kMaxCredentials with the most requests and sums the others into one
// entry.
std::vector<EngineNumbers::Credential> BoundedCredentials(
    std::vector<EngineNumbers::Credential> credentials);

// The metrics of docs/metrics.md, with credentials bounded as above.
std::vector<prometheus::MetricFamily> MetricFamilies(
    const EngineNumbers& numbers);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_METRICS_H_
