#include "service/admin/upstream_metrics.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "prometheus/text_serializer.h"

namespace wriftai {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

UpstreamResult StatusResult(int status) {
  HttpResponse response;
  response.status = status;
  return UpstreamResult::Of(response, false);
}

TEST(UpstreamMetricsTest, CountsRequestsByOperationAndResult) {
  UpstreamStats stats;
  stats.Add(Operation::kGet, StatusResult(200), absl::Milliseconds(30));
  stats.Add(Operation::kGet, StatusResult(200), absl::Milliseconds(70));
  stats.Add(Operation::kCreate, UpstreamResult::Canceled(), absl::Seconds(400));
  const std::string text =
      prometheus::TextSerializer().Serialize({UpstreamRequestFamily(stats)});
  const std::string name = "wriftai_gateway_upstream_request_duration_seconds";
  for (const char* const line :
       {"_count{operation=\"get\",result=\"200\"} 2\n",
        "_sum{operation=\"get\",result=\"200\"} 0.1",
        "_bucket{operation=\"get\",result=\"200\",le=\"0.05\"} 1\n",
        "_bucket{operation=\"create\",result=\"canceled\",le=\"300\"} 0\n",
        "_count{operation=\"create\",result=\"canceled\"} 1\n"}) {
    EXPECT_THAT(text, HasSubstr(name + line));
  }
  // Only what occurred has series.
  EXPECT_THAT(text, Not(HasSubstr("operation=\"list\"")));
  EXPECT_THAT(text, Not(HasSubstr("result=\"201\"")));
}

TEST(UpstreamMetricsTest, ExportsConnections) {
  const std::string text = prometheus::TextSerializer().Serialize(
      UpstreamConnectionFamilies({512, 3, 17}));
  EXPECT_THAT(text, HasSubstr("\nwriftai_gateway_upstream_connections 3\n"));
  EXPECT_THAT(text,
              HasSubstr("\nwriftai_gateway_upstream_connections_limit 512\n"));
  EXPECT_THAT(
      text,
      HasSubstr("\nwriftai_gateway_upstream_connections_opened_total 17\n"));
}

}  // namespace
}  // namespace wriftai
