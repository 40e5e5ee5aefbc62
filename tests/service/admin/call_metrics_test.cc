#include "service/admin/call_metrics.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "prometheus/text_serializer.h"
#include "proto/predictions.h"

namespace wriftai {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Text(const CallStats& stats, int64_t dropped_lines = 0) {
  return prometheus::TextSerializer().Serialize(
      CallMetricFamilies(stats, StreamStats(), dropped_lines));
}

TEST(CallMetricsTest, ExportsStartedForEveryMethod) {
  CallStats stats;
  stats.started[MethodOf<v1::WaitRequest>()] = 3;
  const std::string text = Text(stats);
  for (const char* method :
       {"Get", "Create", "List", "Cancel", "CreateAndWait"}) {
    EXPECT_THAT(text,
                HasSubstr(std::string("grpc_server_call_started_total{"
                                      "grpc_method=\"wriftai.predictions.v1."
                                      "Predictions/") +
                          method + "\"} 0\n"));
  }
  EXPECT_THAT(text, HasSubstr("Predictions/Wait\"} 3\n"));
  EXPECT_THAT(text, Not(HasSubstr("grpc_status")));
}

TEST(CallMetricsTest, ExportsDurationAndSizesByCode) {
  CallStats stats;
  CallStats::Ended& ended =
      stats.ended[{MethodOf<v1::GetRequest>(), absl::StatusCode::kNotFound}];
  ended.duration.Add(absl::Milliseconds(3));
  ended.duration.Add(absl::Hours(3));
  ended.sent.Add(0.0);
  ended.received.Add(1024.0);
  const std::string text = Text(stats);
  const std::string labels =
      "{grpc_method=\"wriftai.predictions.v1.Predictions/"
      "Get\",grpc_status=\"NOT_FOUND\"";
  for (const char* sample : {
           "duration_seconds_count%} 2\n",
           "duration_seconds_sum%} 10800.003\n",
           "duration_seconds_bucket%,le=\"0.002\"} 0\n",
           "duration_seconds_bucket%,le=\"0.003\"} 1\n",
           "duration_seconds_bucket%,le=\"10000\"} 1\n",
           "duration_seconds_bucket%,le=\"+Inf\"} 2\n",
           "sent_total_compressed_message_size_bytes_bucket%,le=\"0\"} 1\n",
           "rcvd_total_compressed_message_size_bytes_bucket%,le=\"0\"} 0\n",
           "rcvd_total_compressed_message_size_bytes_bucket%,le=\"1024\"} 1\n",
           "rcvd_total_compressed_message_size_bytes_sum%} 1024\n",
       }) {
    std::string expected = std::string("grpc_server_call_") + sample;
    expected.replace(expected.find('%'), 1, labels);
    EXPECT_THAT(text, HasSubstr(expected));
  }
}

TEST(CallMetricsTest, ExportsDroppedLogLines) {
  EXPECT_THAT(Text(CallStats(), 7),
              HasSubstr("wriftai_gateway_log_lines_dropped_total 7\n"));
}

TEST(CallMetricsTest, ExportsStreamStats) {
  const std::string text = prometheus::TextSerializer().Serialize(
      CallMetricFamilies(CallStats(), {9, 11, 12}, 0));
  for (const char* sample :
       {"\nwriftai_gateway_open_streams 9\n",
        "\nwriftai_gateway_updates_total 11\n",
        "\nwriftai_gateway_conflated_updates_total 12\n"}) {
    EXPECT_THAT(text, HasSubstr(sample));
  }
}

}  // namespace
}  // namespace wriftai
