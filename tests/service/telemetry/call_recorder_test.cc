#include "service/telemetry/call_recorder.h"

#include <algorithm>
#include <memory>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/predictions.h"
#include "service/logging/logging.h"
#include "spdlog/sinks/ostream_sink.h"
#include "tests/support/manual_event_loop.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

class CallRecorderTest : public ::testing::Test {
 protected:
  void LogFrom(spdlog::level::level_enum level,
               LogFormat format = LogFormat::kText) {
    const auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(log_);
    auto logger = std::make_shared<spdlog::logger>(kFieldsLogger, sink);
    logger->set_formatter(MakeLogFormatter(format));
    logger->set_level(level);
    recorder_ =
        std::make_unique<CallRecorder>(event_loop_, std::move(logger), format);
  }

  CallRecord Record(CallMethod method = MethodOf<v1::GetRequest>()) const {
    CallRecord record;
    record.method = method;
    record.started_at = event_loop_.Now();
    record.request_id = "request-1";
    return record;
  }

  // Returns and clears the lines so far, without their times.
  std::string Log() {
    std::string lines;
    for (std::string line; std::getline(log_, line);) {
      // The time ends at a comma in JSON and at a space in text.
      absl::StrAppend(&lines, line.substr(line.find_first_of(", ") + 1), "\n");
    }
    log_.str("");
    log_.clear();
    return lines;
  }

  // The number of lines that `ends` ended calls log.
  int LinesOf(const absl::Status& status, int ends) {
    for (int i = 0; i < ends; ++i) {
      CallRecord record = Record();
      recorder_->End(status, record);
    }
    const std::string lines = Log();
    return static_cast<int>(std::count(lines.begin(), lines.end(), '\n'));
  }

  // The line that one ended call logs.
  std::string LineOf(const absl::Status& status) {
    CallRecord record = Record();
    recorder_->End(status, record);
    return Log();
  }

  ManualEventLoop event_loop_;
  std::stringstream log_;
  std::unique_ptr<CallRecorder> recorder_;
};

TEST_F(CallRecorderTest, CountsStartAndEndOfCallOnce) {
  LogFrom(spdlog::level::info);
  CallRecord record = Record(MethodOf<v1::WaitRequest>());
  recorder_->Begin(record);
  EXPECT_EQ(recorder_->stats().started.at(MethodOf<v1::WaitRequest>()), 1);
  EXPECT_THAT(recorder_->stats().ended, IsEmpty());
  event_loop_.Advance(absl::Seconds(1500));
  record.sent_bytes = 5000;
  record.received_bytes = 40;
  recorder_->End(absl::CancelledError(), record);
  recorder_->End(absl::OkStatus(), record);
  ASSERT_THAT(recorder_->stats().ended, SizeIs(1));
  const auto& [call, ended] = *recorder_->stats().ended.begin();
  EXPECT_EQ(call, std::make_pair(MethodOf<v1::WaitRequest>(),
                                 absl::StatusCode::kCancelled));
  EXPECT_EQ(ended.duration.sum(), 1500);
  EXPECT_EQ(ended.sent.sum(), 5000);
  EXPECT_EQ(ended.received.sum(), 40);
  EXPECT_THAT(Log(), StartsWith("info call ended"));
}

TEST_F(CallRecorderTest, LogsLineWhenCallEnds) {
  LogFrom(spdlog::level::info);
  CallRecord record = Record(MethodOf<v1::CreateAndWaitRequest>());
  recorder_->Begin(record);
  record.trace = TraceContext::Parse(
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  record.span_id = "b7ad6b7169203331";
  record.peer = "192.0.2.7";
  record.credential = "0123456789ab";
  record.prediction_id = "c12258c4-ed83-4d7b-a784-8ed55412325a";
  record.model = "deepseek-ai/deepseek-r1:2";
  record.received_bytes = 40;
  record.sent_bytes = 5000;
  record.updates = 3;
  record.upstream = std::make_shared<CallTrace>();
  record.upstream->requests = 2;
  record.upstream->http_status = 202;
  record.upstream->request_ids = {"up-1", "up 2\n"};
  event_loop_.Advance(absl::Milliseconds(1250));
  recorder_->End(absl::OkStatus(), record);
  EXPECT_EQ(Log(),
            "info call ended "
            "grpc_method=wriftai.predictions.v1.Predictions/CreateAndWait "
            "grpc_status=OK duration_seconds=1.250000 request_id=request-1 "
            "trace_id=4bf92f3577b34da6a3ce929d0e0e4736 "
            "span_id=b7ad6b7169203331 parent_span_id=00f067aa0ba902b7 "
            "peer=192.0.2.7 credential=0123456789ab "
            "prediction_id=c12258c4-ed83-4d7b-a784-8ed55412325a "
            "model=deepseek-ai/deepseek-r1:2 updates=3 received_bytes=40 "
            "sent_bytes=5000 upstream_requests=2 upstream_http_status=202 "
            "upstream_request_ids=\"up-1,up 2 \"\n");
}

TEST_F(CallRecorderTest, LogsJson) {
  LogFrom(spdlog::level::info, LogFormat::kJson);
  CallRecord record = Record();
  record.upstream = std::make_shared<CallTrace>();
  record.upstream->requests = 1;
  record.upstream->request_ids = {"a\"}", "b"};
  recorder_->End(absl::OkStatus(), record);
  EXPECT_THAT(
      Log(),
      StartsWith(R"("level":"info","message":"call ended",)"
                 R"("grpc_method":"wriftai.predictions.v1.Predictions/Get",)"
                 R"("grpc_status":"OK","duration_seconds":0.000000,)"
                 R"("request_id":"request-1","received_bytes":0,)"
                 R"("sent_bytes":0,"upstream_requests":1,)"
                 R"("upstream_request_ids":["a\"}","b"]})"));
}

TEST_F(CallRecorderTest, LogsStartOfCallAtDebugLevel) {
  LogFrom(spdlog::level::info);
  recorder_->Begin(Record());
  EXPECT_EQ(Log(), "");
  LogFrom(spdlog::level::debug);
  recorder_->Begin(Record());
  EXPECT_EQ(
      Log(),
      "debug call started grpc_method=wriftai.predictions.v1.Predictions/Get "
      "request_id=request-1\n");
}

TEST_F(CallRecorderTest, LogLevelDependsOnStatus) {
  LogFrom(spdlog::level::debug);
  using Code = absl::StatusCode;
  const std::pair<Code, const char*> rows[] = {
      {Code::kOk, "info "},
      {Code::kCancelled, "info "},
      {Code::kUnknown, "error "},
      {Code::kInvalidArgument, "info "},
      {Code::kDeadlineExceeded, "info "},
      {Code::kNotFound, "info "},
      {Code::kPermissionDenied, "info "},
      {Code::kResourceExhausted, "warning "},
      {Code::kFailedPrecondition, "info "},
      {Code::kInternal, "error "},
      {Code::kUnavailable, "warning "},
      {Code::kUnauthenticated, "info "},
  };
  for (const auto& [code, level] : rows) {
    EXPECT_THAT(LineOf(absl::Status(code, "")), StartsWith(level)) << code;
  }
  for (const v1::ErrorReason routine :
       {v1::DRAINING, v1::STREAM_AGE_REACHED, v1::NOT_OWNER}) {
    EXPECT_THAT(LineOf(GatewayError(Code::kUnavailable, routine, "")),
                StartsWith("info "));
  }
}

TEST_F(CallRecorderTest, CountsCallsBelowLogLevel) {
  LogFrom(spdlog::level::warn);
  EXPECT_EQ(LineOf(absl::OkStatus()), "");
  EXPECT_THAT(LineOf(absl::UnavailableError("")), Not(IsEmpty()));
  EXPECT_THAT(recorder_->stats().ended, SizeIs(2));
}

TEST_F(CallRecorderTest, LogsUpstreamRequestOfError) {
  LogFrom(spdlog::level::info);
  absl::Status status = GatewayError(absl::StatusCode::kNotFound, v1::NOT_FOUND,
                                     "a payload that was quoted");
  SetMetadata("http_status", "404", status);
  SetMetadata("upstream_request_id", "up-1", status);
  const std::string line = LineOf(status);
  EXPECT_THAT(line, HasSubstr("grpc_status=NOT_FOUND reason=NOT_FOUND "));
  EXPECT_THAT(line, HasSubstr("upstream_http_status=404 "
                              "upstream_request_ids=up-1\n"));
  EXPECT_THAT(line, Not(HasSubstr("payload")));
}

TEST_F(CallRecorderTest, KeepsErrorsForOperators) {
  LogFrom(spdlog::level::err);
  LineOf(absl::OkStatus());
  LineOf(absl::CancelledError());
  LineOf(
      GatewayError(absl::StatusCode::kUnavailable, v1::STREAM_AGE_REACHED, ""));
  LineOf(GatewayError(absl::StatusCode::kUnavailable, v1::DRAINING, "bye"));
  CallRecord record = Record(MethodOf<v1::CancelRequest>());
  record.credential = "0123456789ab";
  recorder_->End(GatewayError(absl::StatusCode::kUnavailable,
                              v1::UPSTREAM_UNAVAILABLE, "503"),
                 record);
  ASSERT_THAT(recorder_->errors().calls(), SizeIs(1));
  const FailedCall& failed = recorder_->errors().calls().front();
  EXPECT_EQ(failed.method, "Cancel");
  EXPECT_EQ(failed.code, absl::StatusCode::kUnavailable);
  EXPECT_EQ(failed.reason, "UPSTREAM_UNAVAILABLE");
  EXPECT_EQ(failed.request_id, "request-1");
  EXPECT_EQ(failed.credential, "0123456789ab");
  EXPECT_EQ(failed.time, event_loop_.WallNow());
}

TEST_F(CallRecorderTest, KeepsMistakesOfCallersApart) {
  LogFrom(spdlog::level::err);
  for (int i = 0; i < 1000; ++i) {
    CallRecord record = Record();
    record.credential = absl::StrCat(i);
    recorder_->End(absl::NotFoundError("no"), record);
  }
  LineOf(absl::InternalError("yes"));
  EXPECT_EQ(recorder_->errors().total(), 1);
  EXPECT_EQ(recorder_->caller_mistakes().total(), 1000);
}

TEST_F(CallRecorderTest, CountsOutcomesByMethod) {
  LogFrom(spdlog::level::err);
  LineOf(absl::OkStatus());
  LineOf(absl::OkStatus());
  LineOf(absl::CancelledError());
  LineOf(absl::NotFoundError("no"));
  LineOf(absl::InternalError("yes"));
  const auto index = static_cast<size_t>(MethodOf<v1::GetRequest>()->index());
  const CallStats& stats = recorder_->stats();
  EXPECT_EQ(stats.outcomes[index],
            (std::array<int64_t, kCallOutcomes>{2, 1, 1, 1}));
  int64_t others = 0;
  for (const auto& outcomes : stats.outcomes) {
    for (const int64_t count : outcomes) others += count;
  }
  EXPECT_EQ(others, 5);
}

TEST_F(CallRecorderTest, ThrottlesLogOfFailedCalls) {
  LogFrom(spdlog::level::info);
  EXPECT_EQ(LinesOf(absl::InvalidArgumentError("no"), 5000),
            LineThrottle::kBurst);
  EXPECT_EQ(recorder_->stats().suppressed_lines, 4000);
  EXPECT_EQ(LinesOf(absl::NotFoundError("no"), 1), 1);
  EXPECT_EQ(LinesOf(absl::OkStatus(), 2000), 2000);
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_THAT(LineOf(absl::InvalidArgumentError("no")),
              HasSubstr("suppressed_lines=4000"));
}

}  // namespace
}  // namespace wriftai
