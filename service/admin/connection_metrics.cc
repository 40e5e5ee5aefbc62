#include "service/admin/connection_metrics.h"

#include <atomic>
#include <cstdint>

#include "service/admin/metric_family.h"

namespace wriftai {

using prometheus::MetricFamily;
using prometheus::MetricType;

std::vector<MetricFamily> ConnectionMetricFamilies(
    const std::vector<NamedListener>& listeners, bool grpc_port_responds) {
  std::vector<MetricFamily> families;
  const auto add = [&](MetricType type, const char* name, const char* help,
                       std::atomic<int64_t> ListenerCounters::*counter) {
    MetricFamily family = Family(type, name, help);
    for (const auto& [listener, counters] : listeners) {
      AddSample(static_cast<double>((counters->*counter).load()),
                {{"listener", listener}}, family);
    }
    families.push_back(std::move(family));
  };
  add(MetricType::Gauge, "connections", "Open connections.",
      &ListenerCounters::open);
  add(MetricType::Gauge, "connections_limit",
      "Maximum number of open connections; 0 if the port is off.",
      &ListenerCounters::limit);
  add(MetricType::Counter, "connections_accepted_total",
      "Connections accepted, including those refused afterwards.",
      &ListenerCounters::accepted);
  add(MetricType::Counter, "connections_refused_total",
      "New connections closed at the connection limit.",
      &ListenerCounters::refused);
  add(MetricType::Counter, "connections_evicted_total",
      "Silent or slow connections closed in favor of new ones.",
      &ListenerCounters::evicted);
  add(MetricType::Counter, "connections_shed_total",
      "Connections closed to keep the process below its memory limit.",
      &ListenerCounters::shed);
  add(MetricType::Counter, "accept_errors_total",
      "Failures to accept a connection, usually for lack of descriptors.",
      &ListenerCounters::accept_errors);
  families.push_back(Single(MetricType::Gauge, "grpc_port_answers",
                            "1 if the gRPC port responds to the gateway's own "
                            "probe, else 0.",
                            grpc_port_responds ? 1 : 0));
  return families;
}

}  // namespace wriftai
