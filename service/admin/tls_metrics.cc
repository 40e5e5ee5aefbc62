#include "service/admin/tls_metrics.h"

#include <utility>

#include "service/admin/metric_family.h"

namespace wriftai {

using prometheus::MetricFamily;
using prometheus::MetricType;

std::vector<MetricFamily> TlsMetricFamilies(const TlsCredentials* tls) {
  MetricFamily refused =
      Family(MetricType::Counter, "tls_refused_connections_total",
             "Connections rejected because of the client's certificate.");
  for (const auto& [refusal, name] : kTlsRefusals) {
    AddSample(tls == nullptr
                  ? 0
                  : static_cast<double>(tls->refusals().count(refusal)),
              {{"cause", name}}, refused);
  }
  std::vector<MetricFamily> families;
  families.push_back(std::move(refused));
  families.push_back(Single(
      MetricType::Gauge, "tls_certificate_expiry_timestamp_seconds",
      "Expiry of the gRPC port's certificate, in Unix time; 0 without TLS.",
      tls == nullptr ? 0 : absl::ToUnixSeconds(tls->expires_at())));
  return families;
}

}  // namespace wriftai
