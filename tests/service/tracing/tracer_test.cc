#include "service/tracing/tracer.h"

#include <malloc.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/tracing/span_names.h"
#include "tests/service/tracing/recorded_spans.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/manual_event_loop.h"
#include "upstream/http/http_message.h"
#include "upstream/rest/call_subject.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Pair;
using ::testing::SizeIs;
using Attributes = std::vector<
    ::testing::Matcher<const std::pair<const std::string, std::string>&>>;

constexpr char kTraceId[] = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr char kCallersSpan[] = "00f067aa0ba902b7";
constexpr char kCallSpan[] = "b7ad6b7169203331";
constexpr char kId[] = "c12258c4-ed83-4d7b-a784-8ed55412325a";

class TracerTest : public ::testing::Test {
 protected:
  static TraceContext CallersTrace(bool sampled) {
    return *TraceContext::Parse(absl::StrCat("00-", kTraceId, "-", kCallersSpan,
                                             sampled ? "-01" : "-00"));
  }

  std::shared_ptr<CallSpan> BeginCall() {
    return tracer_.BeginCall(tracer_.TraceFor(CallersTrace(true)), "k=v",
                             "service/Method", kCallSpan);
  }

  WaitSpans BeginWait(const std::shared_ptr<CallSpan>& call,
                      const std::string& id = kId) {
    return WaitSpans(tracer_, call, credential_->key(), id);
  }

  // Wall-clock nanoseconds since the test began.
  uint64_t Since(uint64_t unix_nanos) const {
    return unix_nanos - static_cast<uint64_t>(absl::ToUnixNanos(began_));
  }

  const otlp::Span& last() const { return spans_.spans.back(); }

  ManualEventLoop event_loop_;
  const absl::Time began_ = event_loop_.WallNow();
  RecordedSpans spans_;
  Tracer tracer_{Sampler(1, /*parent_based=*/true), spans_, event_loop_};
  const std::shared_ptr<const Credential> credential_ = MakeCredential("one");
};

TEST_F(TracerTest, CallBelongsToCallersTrace) {
  const TraceContext trace = tracer_.TraceFor(CallersTrace(true));
  EXPECT_EQ(trace.trace_id(), kTraceId);
  EXPECT_TRUE(trace.sampled());
  EXPECT_FALSE(tracer_.TraceFor(CallersTrace(false)).sampled());
}

TEST_F(TracerTest, CallBeginsTraceWithoutCallers) {
  const TraceContext trace = tracer_.TraceFor(std::nullopt);
  EXPECT_TRUE(trace.sampled());
  EXPECT_THAT(trace.trace_id(), SizeIs(32));
  EXPECT_EQ(trace.parent_id(), "");
  EXPECT_NE(tracer_.TraceFor(std::nullopt).trace_id(), trace.trace_id());
}

TEST_F(TracerTest, SpanHasIdsTimesAndState) {
  const auto call = BeginCall();
  event_loop_.Advance(absl::Milliseconds(1500));
  // A step of the clock does not change durations.
  event_loop_.StepWallClock(-absl::Hours(1));
  call->span().End();
  ASSERT_THAT(spans_.spans, SizeIs(1));
  EXPECT_EQ(Hex(last().trace_id()), kTraceId);
  EXPECT_EQ(Hex(last().span_id()), kCallSpan);
  EXPECT_EQ(Hex(last().parent_span_id()), kCallersSpan);
  EXPECT_EQ(last().trace_state(), "k=v");
  EXPECT_EQ(last().flags(), 1u);
  EXPECT_EQ(last().name(), "service/Method");
  EXPECT_EQ(last().kind(), otlp::Span::SPAN_KIND_SERVER);
  EXPECT_EQ(Since(last().start_time_unix_nano()), 0u);
  EXPECT_EQ(Since(last().end_time_unix_nano()), 1'500'000'000u);
  EXPECT_EQ(last().status().code(), otlp::Status::STATUS_CODE_UNSET);
}

TEST_F(TracerTest, SpanEndsOnce) {
  {
    const auto call = BeginCall();
    call->span().End();
    call->span().End();
  }
  EXPECT_THAT(spans_.spans, SizeIs(1));
}

TEST_F(TracerTest, RequestIsChildOfCallAndParentOfUpstream) {
  const auto call = BeginCall();
  HttpRequest request;
  request.url = "https://api.wrift.ai/v1/predictions/" + std::string(kId);
  request.headers = {{"accept", "x"}, {"traceparent", "old"}};
  auto span = call->BeginRequest({Operation::kGet, kId}, 2, request);
  HttpResponse response;
  response.status = 503;
  response.headers = {{"x-request-id", "up-1"}};
  span->OnResponse(response);
  EXPECT_EQ(Hex(last().parent_span_id()), kCallSpan);
  EXPECT_EQ(last().name(), "GET /predictions/{id}");
  EXPECT_EQ(last().kind(), otlp::Span::SPAN_KIND_CLIENT);
  EXPECT_EQ(last().status().code(), otlp::Status::STATUS_CODE_ERROR);
  EXPECT_THAT(
      AttributesOf(last()),
      IsSupersetOf(Attributes{
          Pair("http.request.method", "GET"),
          Pair("http.response.status_code", "503"),
          Pair("http.request.resend_count", "2"), Pair("url.full", request.url),
          Pair("url.template", "/predictions/{id}"),
          Pair("server.address", "api.wrift.ai"), Pair("server.port", "443"),
          Pair("error.type", "503"), Pair(kPredictionAttribute, kId),
          Pair(kUpstreamIdAttribute, "up-1")}));
  EXPECT_THAT(request.headers,
              ElementsAre(Pair("accept", "x"),
                          Pair("traceparent",
                               absl::StrCat("00-", kTraceId, "-",
                                            Hex(last().span_id()), "-01")),
                          Pair("tracestate", "k=v")));
}

TEST_F(TracerTest, RequestWithoutResultIsCancelled) {
  const auto call = BeginCall();
  HttpRequest request;
  request.url = "http://[::1]:8080/v1/predictions";
  call->BeginRequest({Operation::kList, ""}, 0, request).reset();
  EXPECT_THAT(AttributesOf(last()),
              IsSupersetOf(Attributes{Pair("error.type", "cancelled"),
                                      Pair("server.address", "::1"),
                                      Pair("server.port", "8080")}));
  EXPECT_EQ(AttributesOf(last()).count("http.request.resend_count"), 0u);
}

TEST_F(TracerTest, StepsMayOutliveTheirCall) {
  auto call = BeginCall();
  auto wait = call->BeginBudgetWait();
  call->span().End();
  event_loop_.Advance(absl::Seconds(2));
  wait.reset();
  EXPECT_EQ(last().name(), kBudgetWaitSpan);
  EXPECT_EQ(Since(last().end_time_unix_nano()), 2'000'000'000u);
}

TEST_F(TracerTest, ImmediatePermitIsNoWaitForBudget) {
  const auto call = BeginCall();
  call->BeginBudgetWait().reset();
  EXPECT_THAT(spans_.spans, IsEmpty());
}

TEST_F(TracerTest, PollWithoutRecordedWaitersIsNotRecorded) {
  EXPECT_EQ(tracer_.BeginGet(*credential_, kId, event_loop_.Now()), nullptr);
  EXPECT_EQ(tracer_.BeginPage(*credential_), nullptr);
  const auto call = BeginCall();
  const WaitSpans wait = BeginWait(call);
  EXPECT_EQ(tracer_.BeginGet(*credential_, "other", event_loop_.Now()),
            nullptr);
  // Credentials never share a watch.
  const auto other = MakeCredential("two");
  EXPECT_EQ(tracer_.BeginGet(*other, kId, event_loop_.Now()), nullptr);
  EXPECT_EQ(tracer_.BeginPage(*other), nullptr);
}

TEST_F(TracerTest, PollHasTraceOfItsOwnWithLinksToWaiters) {
  const auto call = BeginCall();
  WaitSpans wait = BeginWait(call);
  event_loop_.Advance(absl::Seconds(1));
  const absl::Time due = event_loop_.Now() - absl::Milliseconds(300);
  tracer_.BeginGet(*credential_, kId, due).reset();
  ASSERT_THAT(spans_.names(), ElementsAre(kBudgetWaitSpan, kPollSpan));
  const otlp::Span poll = last();
  EXPECT_NE(Hex(poll.trace_id()), kTraceId);
  EXPECT_EQ(poll.parent_span_id(), "");
  ASSERT_THAT(poll.links(), SizeIs(1));
  EXPECT_EQ(Hex(poll.links(0).trace_id()), kTraceId);
  EXPECT_EQ(Hex(poll.links(0).span_id()), kCallSpan);
  EXPECT_EQ(poll.links(0).trace_state(), "k=v");
  EXPECT_EQ(Since(poll.start_time_unix_nano()), 700'000'000u);
  const otlp::Span& budget = spans_.spans.front();
  EXPECT_EQ(budget.parent_span_id(), poll.span_id());
  EXPECT_EQ(Since(budget.start_time_unix_nano()), 700'000'000u);
  EXPECT_EQ(Since(budget.end_time_unix_nano()), 1'000'000'000u);

  wait.OnState(v1::SOURCE_GET, /*is_last=*/true);
  EXPECT_EQ(last().name(), kPollWaitSpan);
  EXPECT_EQ(Hex(last().parent_span_id()), kCallSpan);
  EXPECT_THAT(AttributesOf(last()),
              IsSupersetOf(Attributes{Pair(kSourceAttribute, "get")}));
  ASSERT_THAT(last().links(), SizeIs(1));
  EXPECT_EQ(last().links(0).span_id(), poll.span_id());
}

TEST_F(TracerTest, PageLinksRecordedWaitersOfItsCredential) {
  const auto call = BeginCall();
  const WaitSpans one = BeginWait(call, "1");
  const WaitSpans two = BeginWait(call, "2");
  const WaitSpans other(tracer_, call, MakeCredential("two")->key(), "3");
  tracer_.BeginPage(*credential_).reset();
  EXPECT_EQ(last().name(), kPagePollSpan);
  EXPECT_THAT(last().links(), SizeIs(2));
}

TEST_F(TracerTest, LinksOfPollAreBounded) {
  const auto call = BeginCall();
  std::vector<std::unique_ptr<WaitSpans>> waits;
  for (int i = 0; i < Span::kMaxLinks + 5; ++i) {
    waits.push_back(
        std::make_unique<WaitSpans>(tracer_, call, credential_->key(), kId));
  }
  tracer_.BeginGet(*credential_, kId, event_loop_.Now()).reset();
  EXPECT_THAT(last().links(), SizeIs(Span::kMaxLinks));
  EXPECT_EQ(last().dropped_links_count(), 5u);
}

TEST_F(TracerTest, OnlyPolledStateLinksPoll) {
  const auto call = BeginCall();
  WaitSpans wait = BeginWait(call);
  tracer_.BeginGet(*credential_, kId, event_loop_.Now()).reset();
  wait.OnState(v1::SOURCE_WEBHOOK, /*is_last=*/false);
  EXPECT_THAT(last().links(), IsEmpty());
}

TEST_F(TracerTest, WaitHasSpanForEachUpdateUpToLimit) {
  const auto call = BeginCall();
  {
    WaitSpans wait = BeginWait(call);
    for (int i = 0; i < 2 * WaitSpans::kMaxSpans; ++i) {
      wait.OnState(v1::SOURCE_GET, /*is_last=*/false);
    }
  }
  EXPECT_THAT(spans_.spans, SizeIs(WaitSpans::kMaxSpans));
}

TEST_F(TracerTest, LastUpdateIsNeverDropped) {
  const auto call = BeginCall();
  for (int i = 0; i < 2 * Span::kMaxEvents; ++i) {
    AddUpdateEvent(MakePrediction(kId, "started"), v1::SOURCE_GET, false,
                   call->span());
  }
  AddUpdateEvent(MakePrediction(kId, "succeeded"), v1::SOURCE_LIST, true,
                 call->span());
  call->span().End();
  ASSERT_THAT(last().events(), SizeIs(Span::kMaxEvents));
  EXPECT_EQ(last().dropped_events_count(), Span::kMaxEvents + 1u);
  EXPECT_THAT(AttributesOf(last().events(Span::kMaxEvents - 1)),
              ElementsAre(Pair(kStatusAttribute, "succeeded"),
                          Pair(kSourceAttribute, "list")));
}

// docs/traces.md has this number. With the address sanitizer, mallinfo2() only
// returns zeros.
TEST_F(TracerTest, OpenWaitHoldsAtMost8Kilobytes) {
  constexpr size_t kWaits = 1000;
  std::vector<std::shared_ptr<CallSpan>> calls(kWaits);
  std::vector<std::unique_ptr<WaitSpans>> waits(kWaits);
  const size_t before = mallinfo2().uordblks;
  for (size_t i = 0; i < kWaits; ++i) {
    calls[i] = BeginCall();
    waits[i] =
        std::make_unique<WaitSpans>(tracer_, calls[i], credential_->key(), kId);
    for (int k = 0; k < 2 * Span::kMaxEvents; ++k) {
      AddUpdateEvent(MakePrediction(kId, "started"), v1::SOURCE_WEBHOOK, false,
                     calls[i]->span());
    }
  }
  const size_t bytes = (mallinfo2().uordblks - before) / kWaits;
  RecordProperty("bytes", static_cast<int>(bytes));
  EXPECT_LT(bytes, 8000u);
}

}  // namespace
}  // namespace wriftai
