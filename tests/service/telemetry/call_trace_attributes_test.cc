#include "service/telemetry/call_trace_attributes.h"

#include <map>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "grpcpp/support/byte_buffer.h"
#include "gtest/gtest.h"
#include "proto/predictions.h"
#include "service/tracing/tracer.h"
#include "tests/service/tracing/recorded_spans.h"
#include "tests/support/manual_event_loop.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

constexpr char kTraceparent[] =
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

// Records of calls, and the spans of those that are recorded.
class CallTraceTest : public ::testing::Test {
 protected:
  CallRecord Record(CallMethod method, const CallMetadata& metadata = {},
                    double ratio = 1) {
    tracer_ = std::make_unique<Tracer>(Sampler(ratio), spans_, event_loop_);
    return MakeCallRecord(method, "ipv4:192.0.2.7:4711", metadata,
                          grpc::ByteBuffer(), absl::InfiniteFuture(),
                          event_loop_, tracer_.get());
  }

  otlp::Span SpanOf(const absl::Status& status) {
    const CallRecord record = Record(MethodOf<v1::GetRequest>());
    EndSpan(status, record);
    return spans_.spans.back();
  }

  ManualEventLoop event_loop_;
  RecordedSpans spans_;
  std::unique_ptr<Tracer> tracer_;
};

TEST_F(CallTraceTest, BeginsTraceThatItsRequestsBelongTo) {
  const CallRecord record = Record(MethodOf<v1::GetRequest>());
  ASSERT_TRUE(record.trace.has_value());
  EXPECT_EQ(record.trace->parent_id(), "");
  EXPECT_EQ(record.upstream->traceparent,
            absl::StrCat("00-", record.trace->trace_id(), "-", record.span_id,
                         "-03"));
  EXPECT_EQ(record.upstream->spans, record.span);
}

TEST_F(CallTraceTest, PassesOnTraceThatIsNotRecorded) {
  const CallRecord record = Record(MethodOf<v1::GetRequest>(), {}, /*ratio=*/0);
  EXPECT_EQ(record.span, nullptr);
  EXPECT_EQ(record.upstream->spans, nullptr);
  EXPECT_EQ(record.upstream->traceparent,
            absl::StrCat("00-", record.trace->trace_id(), "-", record.span_id,
                         "-02"));
}

TEST_F(CallTraceTest, ContinuesCallersTraceWithoutStateOfOthers) {
  CallRecord record =
      Record(MethodOf<v1::WaitRequest>(),
             {{"traceparent", kTraceparent}, {"tracestate", "a=1"}});
  EXPECT_EQ(record.trace->parent_id(), "00f067aa0ba902b7");
  // A Wait has no requests of its own.
  EXPECT_EQ(record.upstream, nullptr);
  record.span->span().End();
  EXPECT_EQ(spans_.spans.back().trace_state(), "a=1");
  // An invalid traceparent takes its tracestate with it.
  record = Record(MethodOf<v1::WaitRequest>(),
                  {{"traceparent", "x"}, {"tracestate", "a=1"}});
  record.span->span().End();
  EXPECT_EQ(spans_.spans.back().trace_state(), "");
}

TEST_F(CallTraceTest, DescribesCall) {
  CallRecord record = Record(MethodOf<v1::CreateAndWaitRequest>());
  record.request_id = "request-1";
  record.credential = "0123456789ab";
  record.prediction_id = "prediction";
  record.model = "a/b";
  record.updates = 3;
  EndSpan(absl::OkStatus(), record);
  ASSERT_THAT(spans_.spans, SizeIs(1));
  const otlp::Span& span = spans_.spans.back();
  EXPECT_EQ(span.name(), "wriftai.predictions.v1.Predictions/CreateAndWait");
  EXPECT_THAT(
      AttributesOf(span),
      ElementsAre(Pair("client.address", "192.0.2.7"),
                  Pair("rpc.grpc.status_code", "0"),
                  Pair("rpc.method", "CreateAndWait"),
                  Pair("rpc.service", "wriftai.predictions.v1.Predictions"),
                  Pair("rpc.system", "grpc"),
                  Pair("wriftai.credential", "0123456789ab"),
                  Pair("wriftai.model", "a/b"),
                  Pair("wriftai.prediction.id", "prediction"),
                  Pair("wriftai.request_id", "request-1"),
                  Pair("wriftai.updates", "3")));
}

TEST_F(CallTraceTest, OnlyServersErrorsFailTheSpan) {
  for (int code = 0; code <= 16; ++code) {
    const auto status = static_cast<absl::StatusCode>(code);
    // OpenTelemetry's conventions for spans of gRPC's servers.
    const bool fails = code == 2 || code == 4 || code == 12 || code == 13 ||
                       code == 14 || code == 15;
    EXPECT_EQ(SpanOf(absl::Status(status, "text")).status().code(),
              fails ? otlp::Status::STATUS_CODE_ERROR
                    : otlp::Status::STATUS_CODE_UNSET)
        << code;
  }
}

TEST_F(CallTraceTest, FailedCallHasReasonAndNoText) {
  const otlp::Span span = SpanOf(
      GatewayError(absl::StatusCode::kUnavailable, v1::DRAINING, "a secret"));
  const auto attributes = AttributesOf(span);
  EXPECT_EQ(attributes.at("error.type"), "UNAVAILABLE");
  EXPECT_EQ(attributes.at("wriftai.error.reason"), "DRAINING");
  EXPECT_THAT(span.status().message(), IsEmpty());
  EXPECT_EQ(span.SerializeAsString().find("secret"), std::string::npos);
}

}  // namespace
}  // namespace wriftai
