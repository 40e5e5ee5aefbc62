#include "service/admin/process_metrics.h"

#include <optional>
#include <string>
#include <utility>

#include "base/version.h"
#include "google/protobuf/stubs/common.h"
#include "grpcpp/grpcpp.h"
#include "service/admin/metric_family.h"
#include "upstream/http/curl_version.h"

namespace wriftai {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily BuildInfo() {
  MetricFamily family = Family(MetricType::Gauge, "build_info",
                               "Always 1; the labels have the versions of the "
                               "build and of its libraries.");
  AddSample(1,
            {{"version", std::string(Version())},
             {"revision", std::string(Commit())},
             {"grpc", grpc::Version()},
             {"protobuf", google::protobuf::internal::VersionString(
                              GOOGLE_PROTOBUF_VERSION)},
             {"curl", CurlVersion()},
             {"tls", CurlTlsVersion()}},
            family);
  return family;
}

// Without a sample if `value` is unknown, as Prometheus' libraries do it.
template <typename Number>
MetricFamily ProcessFamily(MetricType type, const char* name, const char* help,
                           const std::optional<Number>& value) {
  MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = type;
  if (value.has_value()) AddSample(static_cast<double>(*value), {}, family);
  return family;
}

}  // namespace

std::vector<MetricFamily> ProcessMetricFamilies(const ProcessNumbers& numbers) {
  return {
      BuildInfo(),
      ProcessFamily(MetricType::Counter, "process_cpu_seconds_total",
                    "Total user and system CPU time, in seconds.",
                    std::optional(numbers.cpu_seconds)),
      ProcessFamily(MetricType::Gauge, "process_resident_memory_bytes",
                    "Resident memory, in bytes.", numbers.resident_bytes),
      ProcessFamily(MetricType::Gauge, "process_virtual_memory_bytes",
                    "Virtual memory, in bytes.", numbers.virtual_bytes),
      ProcessFamily(MetricType::Gauge, "process_threads", "Number of threads.",
                    numbers.threads),
      ProcessFamily(MetricType::Gauge, "process_open_fds",
                    "Number of open file descriptors.", numbers.open_fds),
      ProcessFamily(MetricType::Gauge, "process_max_fds",
                    "Maximum number of open file descriptors.",
                    numbers.max_fds),
      ProcessFamily(MetricType::Gauge, "process_start_time_seconds",
                    "Start of the process, in Unix time.", numbers.started_at)};
}

}  // namespace wriftai
