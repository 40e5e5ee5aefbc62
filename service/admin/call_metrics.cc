#include "service/admin/call_metrics.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "service/admin/metric_family.h"

namespace wriftai {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily CallFamily(MetricType type, const char* name, const char* help) {
  MetricFamily family;
  family.name = absl::StrCat("grpc_server_call_", name);
  family.help = help;
  family.type = type;
  return family;
}

}  // namespace

std::vector<MetricFamily> CallMetricFamilies(const CallStats& stats,
                                             const StreamStats& streams,
                                             int64_t dropped_lines) {
  MetricFamily started =
      CallFamily(MetricType::Counter, "started_total", "Calls started.");
  for (int i = 0; i < PredictionsService().method_count(); ++i) {
    const CallMethod method = PredictionsService().method(i);
    const auto count = stats.started.find(method);
    AddSample(
        count == stats.started.end() ? 0 : static_cast<double>(count->second),
        {{"grpc_method", FullName(method)}}, started);
  }
  MetricFamily duration =
      CallFamily(MetricType::Histogram, "duration_seconds",
                 "Time from a call's arrival until its status is sent.");
  MetricFamily sent = CallFamily(MetricType::Histogram,
                                 "sent_total_compressed_message_size_bytes",
                                 "Total bytes of the messages sent in a call.");
  MetricFamily received = CallFamily(
      MetricType::Histogram, "rcvd_total_compressed_message_size_bytes",
      "Total bytes of the messages received in a call.");
  for (const auto& [call, ended] : stats.ended) {
    const std::vector<prometheus::ClientMetric::Label> labels = {
        {"grpc_method", FullName(call.first)},
        {"grpc_status", absl::StatusCodeToString(call.second)}};
    AddHistogram(ended.duration, labels, duration);
    AddHistogram(ended.sent, labels, sent);
    AddHistogram(ended.received, labels, received);
  }
  return {
      std::move(started),
      std::move(duration),
      std::move(sent),
      std::move(received),
      Single(MetricType::Gauge, "open_streams", "Open update streams.",
             streams.open),
      Single(MetricType::Counter, "updates_total",
             "Updates written to streams.", streams.updates),
      Single(MetricType::Counter, "conflated_updates_total",
             "Updates replaced by a newer one before a slow reader read "
             "them.",
             streams.conflated),
      Single(MetricType::Counter, "log_lines_suppressed_total",
             "Log lines of failed calls omitted because too many were "
             "alike.",
             stats.suppressed_lines),
      Single(MetricType::Counter, "log_lines_dropped_total",
             "Log lines dropped because stderr was blocked.", dropped_lines)};
}

}  // namespace wriftai
