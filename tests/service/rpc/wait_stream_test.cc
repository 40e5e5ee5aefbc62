#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "tests/support/service_harness.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

// One client of Wait or CreateAndWait.
class Stream {
 public:
  explicit Stream(ServiceHarness& harness, absl::Duration interval) {
    v1::WaitRequest request;
    request.set_id(kPredictionId);
    request.mutable_wait_options()->mutable_poll_interval()->set_nanos(
        static_cast<int32_t>(absl::ToInt64Nanoseconds(interval)));
    reader_ = harness.stub().Wait(&context_, request);
  }

  Stream(ServiceHarness& harness, const v1::CreateAndWaitRequest& request) {
    reader_ = harness.stub().CreateAndWait(&context_, request);
  }

  // The status of the next update; empty at the end.
  std::string Next() {
    return reader_->Read(&update_) ? update_.prediction().status_text() : "";
  }

  // The status of the last update, once the stream has ended.
  std::string Last() {
    std::string last;
    for (std::string next = Next(); !next.empty(); next = Next()) last = next;
    return last;
  }

  const v1::PredictionUpdate& update() const { return update_; }
  grpc::ClientContext& context() { return context_; }
  grpc::Status Finish() { return reader_->Finish(); }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::PredictionUpdate>> reader_;
  v1::PredictionUpdate update_;
};

template <typename Detail>
Detail DetailOf(const grpc::Status& status) {
  google::rpc::Status details;
  details.ParseFromString(status.error_details());
  Detail result;
  for (const auto& detail : details.details()) detail.UnpackTo(&result);
  return result;
}

constexpr absl::Duration kInterval = absl::Milliseconds(100);

TEST(WaitStreamTest, StreamsEveryPollThenOk) {
  ServiceHarness harness;
  Stream stream(harness, kInterval);
  const char* const states[] = {"pending", "started", "started"};
  size_t polls = 0;
  for (const char* state : states) {
    harness.upstream().Respond(++polls, 200, PredictionJson(state));
    EXPECT_EQ(stream.Next(), state);
    EXPECT_EQ(stream.update().sequence(), static_cast<int64_t>(polls));
    EXPECT_EQ(stream.update().source(), v1::SOURCE_GET);
    // May be longer on a slow machine.
    EXPECT_GE(stream.update().interval().nanos(), 100'000'000);
    EXPECT_TRUE(stream.update().has_observed_at());
  }
  harness.upstream().Respond(++polls, 200,
                             PredictionJson("succeeded", "\"ok\""));
  EXPECT_EQ(stream.Next(), "succeeded");
  EXPECT_EQ(stream.update().prediction().output().string_value(), "ok");
  EXPECT_EQ(stream.Next(), "");
  EXPECT_TRUE(stream.Finish().ok());
  EXPECT_EQ(harness.waiter_count(), 0u);
}

TEST(WaitStreamTest, FailedPredictionEndsWithOk) {
  ServiceHarness harness;
  Stream stream(harness, kInterval);
  harness.upstream().Respond(
      1, 200,
      absl::StrCat("{\"id\":\"", kPredictionId,
                   "\",\"status\":\"failed\",\"error\":{\"source\":"
                   "\"external\",\"message\":\"bad prompt\","
                   "\"detail\":{\"at\":3}}}"));
  EXPECT_EQ(stream.Next(), "failed");
  const v1::PredictionError& error = stream.update().prediction().error();
  EXPECT_EQ(error.message(), "bad prompt");
  EXPECT_EQ(error.detail().struct_value().fields().at("at").number_value(), 3);
  EXPECT_TRUE(stream.Finish().ok());
}

TEST(WaitStreamTest, PermanentErrorEndsStream) {
  ServiceHarness harness;
  Stream stream(harness, kInterval);
  harness.upstream().Respond(1, 404, "");
  EXPECT_EQ(stream.Next(), "");
  EXPECT_EQ(stream.Finish().error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST(WaitStreamTest, ManyStreamsShareOnePoll) {
  ServiceHarness harness;
  std::vector<std::unique_ptr<Stream>> streams;
  for (int i = 0; i < 50; ++i) {
    streams.push_back(std::make_unique<Stream>(harness, absl::Seconds(0.5)));
  }
  // All must subscribe before the response to the first poll.
  while (harness.waiter_count() < streams.size()) std::this_thread::yield();
  harness.upstream().Respond(1, 200, PredictionJson("succeeded"));
  for (auto& stream : streams) {
    EXPECT_EQ(stream->Next(), "succeeded");
    EXPECT_TRUE(stream->Finish().ok());
  }
  EXPECT_EQ(harness.upstream().sent_count(), 1u);
}

TEST(WaitStreamTest, CancellingLastStreamAbortsPoll) {
  ServiceHarness harness;
  Stream stream(harness, kInterval);
  harness.upstream().AwaitRequest(1);
  stream.context().TryCancel();
  harness.upstream().AwaitDropped(1);
  EXPECT_EQ(stream.Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST(WaitStreamTest, SlowReaderGetsLatestAndDelaysNobody) {
  std::atomic<bool> ended{false};
  // Exceeds the flow-control windows, so the slow stream's writes block.
  const std::string large = "\"" + std::string(1 << 20, 'x') + "\"";
  ServiceHarness harness;
  // All polls: one that only the slow stream was due for gives the quick one no
  // update.
  harness.upstream().RespondToAll([&](const HttpRequest&) {
    HttpResponse response;
    response.status = 200;
    response.body = ended ? PredictionJson("succeeded", "2")
                          : PredictionJson("started", large);
    return response;
  });
  Stream slow(harness, kInterval);
  Stream quick(harness, kInterval);
  for (int update = 0; update < 12; ++update) {
    EXPECT_EQ(quick.Next(), "started");
  }
  ended = true;
  EXPECT_EQ(quick.Last(), "succeeded");
  EXPECT_TRUE(quick.Finish().ok());
  EXPECT_EQ(slow.Last(), "succeeded");
  EXPECT_TRUE(slow.Finish().ok());
}

TEST(WaitStreamTest, CreateAndWaitStartsWithCreatedPrediction) {
  ServiceHarness harness;
  v1::CreateAndWaitRequest request;
  request.mutable_create()->set_model("a/b");
  request.mutable_create()->set_input_json("{}");
  request.mutable_wait_options()->mutable_poll_interval()->set_nanos(
      100'000'000);
  Stream stream(harness, request);
  harness.upstream().Respond(1, 202, PredictionJson("pending"));
  EXPECT_EQ(stream.Next(), "pending");
  EXPECT_EQ(stream.update().source(), v1::SOURCE_CREATE);
  EXPECT_EQ(harness.upstream().AwaitRequest(2).url,
            std::string("http://upstream/v1/predictions/") + kPredictionId);
  harness.upstream().Respond(2, 200, PredictionJson("succeeded"));
  EXPECT_EQ(stream.Next(), "succeeded");
  EXPECT_EQ(stream.update().source(), v1::SOURCE_GET);
  EXPECT_TRUE(stream.Finish().ok());
}

TEST(WaitStreamTest, CreateAndWaitPrefixesUpstreamFields) {
  ServiceHarness harness;
  v1::CreateAndWaitRequest request;
  request.mutable_create()->set_model("a/b");
  request.mutable_create()->mutable_input()->mutable_struct_value();
  Stream stream(harness, request);
  harness.upstream().Respond(
      1, 422,
      "{\"detail\":[{\"loc\":[\"body\",\"input\",\"prompt\"],"
      "\"msg\":\"missing\",\"type\":\"missing\"}]}");
  EXPECT_EQ(stream.Next(), "");
  const grpc::Status status = stream.Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(
      DetailOf<google::rpc::BadRequest>(status).field_violations(0).field(),
      "create.input.prompt");
}

TEST(WaitStreamTest, DrainEndsStreamWithRetryInfo) {
  ServiceHarness harness;
  Stream stream(harness, kInterval);
  harness.upstream().Respond(1, 200, PredictionJson("started"));
  EXPECT_EQ(stream.Next(), "started");
  harness.Drain();
  EXPECT_EQ(stream.Next(), "");
  const grpc::Status status = stream.Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_LE(DetailOf<google::rpc::RetryInfo>(status).retry_delay().seconds(),
            5);
  Stream late(harness, kInterval);
  EXPECT_EQ(late.Next(), "");
  EXPECT_EQ(late.Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST(WaitStreamTest, RejectsWaitsBeyondLimitUntilOneEnds) {
  EngineOptions options = UnpacedOptions();
  options.max_waits = 1;
  ServiceHarness harness(options);
  Stream first(harness, kInterval);
  harness.upstream().Respond(1, 200, PredictionJson("pending"));
  EXPECT_EQ(first.Next(), "pending");
  {
    Stream second(harness, kInterval);
    EXPECT_EQ(second.Next(), "");
    const grpc::Status status = second.Finish();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
    EXPECT_EQ(status.error_message(),
              "too many concurrent waits for this token (1); retry later");
    EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(status).reason(),
              "TOO_MANY_WAITS");
    EXPECT_GE(DetailOf<google::rpc::RetryInfo>(status).retry_delay().seconds(),
              1);
  }
  harness.upstream().Respond(2, 200, PredictionJson("succeeded"));
  EXPECT_EQ(first.Next(), "succeeded");
  EXPECT_TRUE(first.Finish().ok());
  // The server notices the end of the stream slightly later.
  while (Stream(harness, kInterval).Next() != "succeeded") {
    std::this_thread::yield();
  }
}

TEST(WaitStreamTest, EndsAtMaxWait) {
  EngineOptions options = UnpacedOptions();
  options.max_wait = absl::Milliseconds(50);
  ServiceHarness harness(options);
  Stream stream(harness, kInterval);
  EXPECT_EQ(stream.Next(), "");
  const grpc::Status status = stream.Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(status).reason(),
            "MAX_WAIT_EXCEEDED");
}

TEST(WaitStreamTest, EndsBeforeAgedConnectionCloses) {
  EngineOptions options = UnpacedOptions();
  options.stream_grace = absl::Milliseconds(50);
  ServiceHarness harness(options);
  Stream stream(harness, kInterval);
  EXPECT_EQ(stream.Next(), "");
  const grpc::Status status = stream.Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(status).reason(),
            "STREAM_AGE_REACHED");
  EXPECT_TRUE(DetailOf<google::rpc::RetryInfo>(status).has_retry_delay());
}

TEST(WaitStreamTest, HasNoAgeLimitIfConnectionsHaveNone) {
  EngineOptions options = UnpacedOptions();
  options.stream_grace = absl::InfiniteDuration();
  options.max_wait = absl::Milliseconds(50);
  ServiceHarness harness(options);
  Stream stream(harness, kInterval);
  EXPECT_EQ(stream.Next(), "");
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(stream.Finish()).reason(),
            "MAX_WAIT_EXCEEDED");
}

}  // namespace
}  // namespace wriftai
