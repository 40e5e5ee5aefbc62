#ifndef WRIFTAI_SERVICE_TRACING_TRACING_CONFIG_H_
#define WRIFTAI_SERVICE_TRACING_TRACING_CONFIG_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/flag_set.h"
#include "base/secret.h"

namespace wriftai {

// How spans wait for their export: OTEL_BSP_*.
struct BatchOptions {
  size_t max_queued_spans = 2048;
  size_t max_batch_spans = 512;
  absl::Duration delay = absl::Seconds(5);  // Until a batch that is not full.
  absl::Duration max_export = absl::Seconds(30);   // With all attempts.
  absl::Duration max_attempt = absl::Seconds(10);  // OTEL_EXPORTER_OTLP_TIMEOUT
};

// Where spans are exported to: OTEL_EXPORTER_OTLP_*.
struct CollectorConfig {
  std::string address = "localhost:4317";  // HOST:PORT.
  bool tls = false;
  std::string ca_file;  // Empty: the system's authorities.
  std::string cert_file;
  std::string key_file;
  bool gzip = false;
  // In gRPC's form. They often carry a key of the collector's provider.
  std::vector<std::pair<std::string, Secret>> headers;
};

// Traces, as OpenTelemetry's variables describe them.
struct TracingConfig {
  bool enabled = false;
  CollectorConfig collector;
  BatchOptions batch;
  double sampling_ratio = 1;
  bool parent_based = true;
  // Attributes of the process; service.name is among them. Keys are unique.
  std::vector<std::pair<std::string, std::string>> resource;
};

// Reads the variables. Tracing is off, and only the variables that turn it on
// are read, unless OTEL_TRACES_EXPORTER is otlp or there is an endpoint.
// INVALID_ARGUMENT: one line with the variable and what was expected, without
// any header. Pure, any thread.
absl::StatusOr<TracingConfig> ReadTracingVariables(
    const FlagSet::Environment& environment);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TRACING_TRACING_CONFIG_H_
