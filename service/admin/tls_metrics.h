#ifndef WRIFTAI_SERVICE_ADMIN_TLS_METRICS_H_
#define WRIFTAI_SERVICE_ADMIN_TLS_METRICS_H_

#include <vector>

#include "prometheus/metric_family.h"
#include "service/server/tls/tls_credentials.h"

namespace wriftai {

// The TLS metrics of the gRPC port; all 0 if `tls` is null (plaintext). Any
// thread.
std::vector<prometheus::MetricFamily> TlsMetricFamilies(
    const TlsCredentials* tls);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_TLS_METRICS_H_
