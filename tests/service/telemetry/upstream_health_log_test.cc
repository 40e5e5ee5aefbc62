#include "service/telemetry/upstream_health_log.h"

#include <algorithm>
#include <memory>
#include <sstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/logging/logging.h"
#include "spdlog/sinks/ostream_sink.h"

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
    logger_->set_formatter(MakeLogFormatter(LogFormat::kText));
    health_.SetListener([this](bool) { health_log_.OnChange(health_); });
  }

  void Respond(int status, int times, absl::Duration at) {
    for (int i = 0; i < times; ++i) {
      health_.OnResult(ResultWith(status), absl::UnixEpoch() + at);
    }
  }

  // Returns and clears the text so far.
  std::string Log() {
    std::string text = log_.str();
    log_.str("");
    return text;
  }

  std::ostringstream log_;
  const std::shared_ptr<spdlog::logger> logger_ =
      std::make_shared<spdlog::logger>(
          kFieldsLogger,
          std::make_shared<spdlog::sinks::ostream_sink_mt>(log_));
  UpstreamHealth health_;
  UpstreamHealthLog health_log_{logger_, LogFormat::kText};
};

TEST_F(UpstreamHealthLogTest, WritesOneLineForEachChange) {
  Respond(503, 4, absl::Seconds(1));
  EXPECT_THAT(Log(), IsEmpty());
  Respond(503, 20, absl::Seconds(2));
  EXPECT_THAT(Log(), EndsWith(" error upstream is unhealthy failed_requests=5 "
                              "last_failure=\"HTTP 503\"\n"));
  Respond(404, 20, absl::Seconds(14));
  EXPECT_THAT(Log(), EndsWith(" info upstream is healthy again "
                              "unhealthy_seconds=12.000000\n"));
}

TEST_F(UpstreamHealthLogTest, BoundsLinesOfFlappingUpstream) {
  for (int i = 0; i < LineThrottle::kBurst; ++i) {
    Respond(503, 5, absl::Seconds(1));
    Respond(200, 1, absl::Seconds(1));
  }
  const std::string text = Log();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), LineThrottle::kBurst);
  Respond(500, 5, absl::Seconds(10));
  EXPECT_THAT(Log(), EndsWith(" suppressed_lines=1000\n"));
}

}  // namespace
}  // namespace wriftai
