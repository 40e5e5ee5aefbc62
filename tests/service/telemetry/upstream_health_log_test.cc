#include "service/telemetry/upstream_health_log.h"

#include <algorithm>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/recorded_log.h"

namespace wriftai {
namespace {

using ::testing::EndsWith;
using ::testing::IsEmpty;

UpstreamResult ResultWith(int status) {
  HttpResponse response;
  response.status = status;
  return UpstreamResult::Of(response, false);
}

class UpstreamHealthLogTest : public ::testing::Test {
 protected:
  UpstreamHealthLogTest() {
    health_.SetListener([this](bool) { health_log_.OnChange(health_); });
  }

  void Respond(int status, int times, absl::Duration at) {
    for (int i = 0; i < times; ++i) {
      health_.OnResult(ResultWith(status), absl::UnixEpoch() + at);
    }
  }

  RecordedLog log_;
  UpstreamHealth health_;
  UpstreamHealthLog health_log_{log_.logger(), LogFormat::kText};
};

TEST_F(UpstreamHealthLogTest, WritesOneLineForEachChange) {
  Respond(503, 4, absl::Seconds(1));
  EXPECT_THAT(log_.Take(), IsEmpty());
  Respond(503, 20, absl::Seconds(2));
  EXPECT_THAT(log_.Take(),
              EndsWith(" error upstream is unhealthy failed_requests=5 "
                       "last_failure=\"HTTP 503\"\n"));
  Respond(404, 20, absl::Seconds(14));
  EXPECT_THAT(log_.Take(), EndsWith(" info upstream is healthy again "
                                    "unhealthy_seconds=12.000000\n"));
}

TEST_F(UpstreamHealthLogTest, BoundsLinesOfFlappingUpstream) {
  for (int i = 0; i < LineThrottle::kBurst; ++i) {
    Respond(503, 5, absl::Seconds(1));
    Respond(200, 1, absl::Seconds(1));
  }
  const std::string text = log_.Take();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), LineThrottle::kBurst);
  Respond(500, 5, absl::Seconds(10));
  EXPECT_THAT(log_.Take(), EndsWith(" suppressed_lines=1000\n"));
}

}  // namespace
}  // namespace wriftai
