#ifndef WRIFTAI_SERVICE_ADMIN_TLS_METRICS_H_
#define WRIFTAI_SERVICE_ADMIN_TLS_METRICS_H_

#include <vector>

#include "prometheus/metric_family.h"
#include "service/server/tls_credentials.h"

namespace wriftai {

// The metrics of TLS on the gRPC port; null: it speaks plaintext, and all are
// 0. Any thread.
std::vector<prometheus::MetricFamily> TlsMetricFamilies(
    const TlsCredentials* tls);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_TLS_METRICS_H_
