#include "service/peers/peer_client.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/service/peers/edge_fixture.h"
#include "tests/support/rotatable_credential.h"
#include "tests/support/status_matchers.h"
#include "upstream/call_trace.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

constexpr char kRequestId[] = "0b5d8e7c-9a61-4f0e-8f5b-2d3c1e4f5a6b";

class PeerClientTest : public EdgeTest {
 protected:
  PeerClientTest() { KnowOwner(replica_, 7); }

  absl::StatusOr<PredictionPage> List(ListParams params,
                                      const std::function<void()>& serve) {
    return Await<absl::StatusOr<PredictionPage>>(
        [&](PageDone done) {
          return client_->List(Context(), std::move(params), std::move(done));
        },
        serve);
  }

  int64_t HopCount() {
    int64_t total = 0;
    RunOnLoop(loop_, [&] {
      for (const int64_t count : client_->hops().counts()) total += count;
    });
    return total;
  }

  OwnerReplica replica_{loop_, 7};
};

TEST_F(PeerClientTest, GetReturnsThePredictionWithItsPayloadsAsText) {
  const auto prediction = Get([this] {
    replica_.upstream().Respond(1, 200, PredictionJson("succeeded", "[1.50]"));
  });
  ASSERT_THAT(prediction, IsOk());
  EXPECT_EQ(prediction->id(), kPredictionId);
  EXPECT_EQ(prediction->status(), v1::PREDICTION_STATUS_SUCCEEDED);
  EXPECT_EQ(prediction->input_json(), R"({"n":1})");
  EXPECT_EQ(prediction->output_json(), "[1.50]");
}

TEST_F(PeerClientTest, TokenDeadlineAndTraceGoAlong) {
  const auto ended = Await<absl::StatusOr<v1::Prediction>>(
      [&](PredictionDone done) {
        CallContext context = Context(absl::Seconds(20));
        context.trace = std::make_shared<CallTrace>();
        context.trace->request_id = "call-7";
        context.trace->traceparent =
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        context.trace->tracestate = "a=b";
        return client_->Get(std::move(context), kPredictionId, std::move(done));
      },
      [this] {
        const HttpRequest request = replica_.upstream().AwaitRequest(1);
        EXPECT_EQ(request.bearer.Reveal(), "callers");
        EXPECT_LE(request.timeout, absl::Seconds(21));
        EXPECT_GT(request.timeout, absl::Seconds(10));
        std::string trace;
        for (const auto& [name, value] : request.headers) {
          if (absl::StartsWith(name, "trace")) {
            absl::StrAppend(&trace, name, "=", value.substr(0, 36), " ");
          }
        }
        EXPECT_EQ(trace,
                  "traceparent=00-0af7651916cd43dd8448eb211c80319c- "
                  "tracestate=a=b ");
        replica_.upstream().Respond(1, 404, "");
      });
  EXPECT_THAT(ended, StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(MetadataOf("gateway_request_id", ended.status()), "call-7");
}

TEST_F(PeerClientTest, HopLacksTheTimeAtTheOwner) {
  const absl::Time begun = absl::Now();
  absl::Duration at_upstream;
  const auto got = Get([&] {
    replica_.upstream().AwaitRequest(1);
    const absl::Time received = absl::Now();
    // Far more than what this test does besides.
    for (int i = 0; i < 1000; ++i) RunOnLoop(loop_, [] {});
    at_upstream = absl::Now() - received;
    replica_.upstream().Respond(1, 200, PredictionJson("pending"));
  });
  const absl::Duration total = absl::Now() - begun;
  EXPECT_THAT(got, IsOk());
  EXPECT_EQ(HopCount(), 1);
  EXPECT_GT(client_->hops().sum(), 0);
  EXPECT_LT(client_->hops().sum(), absl::ToDoubleSeconds(total - at_upstream));
}

TEST_F(PeerClientTest, CallsThatFailAtTheOwnerHaveAHopToo) {
  EXPECT_THAT(Cancel([this] { replica_.upstream().Respond(1, 404, ""); }),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(HopCount(), 1);
  replica_.Stop();
  EXPECT_THAT(Cancel(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(HopCount(), 1);
}

TEST_F(PeerClientTest, GatewaysOwnTokenDoesNotTravel) {
  credential_ = std::make_shared<const RotatableCredential>(Secret("edges"));
  const auto ended = Get([this] {
    EXPECT_EQ(replica_.upstream().AwaitRequest(1).bearer.Reveal(), "owners");
    replica_.upstream().Respond(1, 404, "");
  });
  EXPECT_THAT(ended, StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(PeerClientTest, ErrorsKeepTheirDetails) {
  CreateParams params = EchoParams();
  params.input_is_value = true;
  const absl::Status status =
      Create("", std::move(params), [this] {
        replica_.upstream().Respond(
            1, 422,
            R"({"detail":[{"loc":["body","input","n"],"msg":"bad","type":"t"}]})");
      }).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), v1::REQUEST_REFUSED);
  EXPECT_EQ(MetadataOf("http_status", status), "422");
  EXPECT_EQ(GetDetail<google::rpc::ErrorInfo>(status)->domain(), "wrift.ai");
  const auto violations = GetDetail<google::rpc::BadRequest>(status);
  ASSERT_TRUE(violations.has_value());
  // The caller gave a Value.
  EXPECT_EQ(violations->field_violations(0).field(), "input.n");
  EXPECT_EQ(violations->field_violations(0).description(), "bad");
}

TEST_F(PeerClientTest, CreateSendsEveryParameterOnce) {
  CreateParams params = EchoParams();
  params.webhook = WebhookParams{"https://a.example/hook", Secret("key")};
  params.validate_input = true;
  params.server_wait = 5;
  const auto prediction = Create("", std::move(params), [this] {
    const HttpRequest request = replica_.upstream().AwaitRequest(1);
    EXPECT_TRUE(absl::StrContains(request.body, R"({"n": 1.50})"));
    EXPECT_TRUE(absl::StrContains(request.body, "wriftai/echo:3"));
    EXPECT_TRUE(absl::StrContains(request.body, "https://a.example/hook"));
    EXPECT_TRUE(absl::StrContains(request.body, "key"));
    std::string headers;
    for (const auto& [name, value] : request.headers) {
      absl::StrAppend(&headers, name, "=", value, " ");
    }
    EXPECT_TRUE(absl::StrContains(headers, "prefer=wait=5 ")) << headers;
    EXPECT_TRUE(absl::StrContains(headers, "validate-input=true ")) << headers;
    replica_.upstream().Respond(1, 201, PredictionJson("pending"));
  });
  ASSERT_THAT(prediction, IsOk());
  EXPECT_EQ(prediction->id(), kPredictionId);
  EXPECT_EQ(replica_.upstream().sent_count(), 1u);
}

TEST_F(PeerClientTest, CreateUnderOneRequestIdHappensOnce) {
  const auto first = Create(kRequestId, EchoParams(), [this] {
    replica_.upstream().Respond(1, 201, PredictionJson("pending"));
  });
  EXPECT_THAT(first, IsOk());
  EXPECT_THAT(Create(kRequestId, EchoParams()), IsOk());
  EXPECT_EQ(replica_.upstream().sent_count(), 1u);
}

TEST_F(PeerClientTest, CreateCarriesALargeInput) {
  CreateParams params = EchoParams();
  params.input_json = absl::StrCat("\"", std::string(3 << 20, 'x'), "\"");
  const std::string input = params.input_json;
  EXPECT_THAT(Create("", std::move(params),
                     [&] {
                       EXPECT_TRUE(absl::StrContains(
                           replica_.upstream().AwaitRequest(1).body, input));
                       replica_.upstream().Respond(1, 201,
                                                   PredictionJson("pending"));
                     }),
              IsOk());
}

TEST_F(PeerClientTest, ListFollowsTheUpstreamsCursors) {
  ListParams params;
  params.page_size = 10;
  params.cursor = "c1";
  const auto page = List(params, [this] {
    EXPECT_EQ(replica_.upstream().AwaitRequest(1).url,
              "http://upstream/v1/predictions?page_size=10&cursor=c1");
    replica_.upstream().Respond(
        1, 200,
        absl::StrCat(R"({"items":[{"id":")", kPredictionId,
                     R"(","status":"started"},{"id":"no"}],)",
                     R"("next_cursor":"c2","previous_cursor":"c0"})"));
  });
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->predictions.size(), 1u);
  EXPECT_EQ(page->predictions[0].id(), kPredictionId);
  EXPECT_EQ(page->next_cursor, "c2");
  EXPECT_EQ(page->previous_cursor, "c0");
  EXPECT_EQ(page->inexact_fields, std::vector<std::string>{"items"});
}

TEST_F(PeerClientTest, CancelReachesTheUpstream) {
  EXPECT_THAT(Cancel([this] { replica_.upstream().Respond(1, 202, ""); }),
              IsOk());
}

TEST_F(PeerClientTest, DroppedHandleCancelsTheCallAtTheOwner) {
  CallHandle call;
  RunOnLoop(loop_, [&] {
    call = client_->Get(Context(), kPredictionId,
                        [](const auto&) { ADD_FAILURE(); });
  });
  replica_.upstream().AwaitRequest(1);
  RunOnLoop(loop_, [&] { call.reset(); });
  replica_.upstream().AwaitDropped(1);
}

TEST_F(PeerClientTest, ReplicaThatIsNotTheOwnerSendsNothing) {
  owner_ = PeerOwner{replica_.address(), 8};
  EXPECT_EQ(ReasonOf(Get().status()), v1::NOT_OWNER);
  EXPECT_EQ(replica_.upstream().sent_count(), 0u);
  EXPECT_EQ(HopCount(), 0);
}

TEST_F(PeerClientTest, EndsWithoutAnOwner) {
  owner_.reset();
  EXPECT_EQ(ReasonOf(Get().status()), v1::NOT_OWNER);
}

TEST_F(PeerClientTest, ReadEndsUnavailableWhenTheLinkBreaks) {
  const absl::Status status = Get([&] {
                                replica_.upstream().AwaitRequest(1);
                                replica_.Stop();
                              }).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(status), v1::OWNER_UNAVAILABLE);
}

TEST_F(PeerClientTest, CancelEndsUnavailableWhenTheLinkBreaks) {
  const absl::Status status = Cancel([this] {
    replica_.upstream().AwaitRequest(1);
    replica_.Stop();
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(status), v1::OWNER_UNAVAILABLE);
}

TEST_F(PeerClientTest, CreateIsUnknownWhenTheLinkBreaks) {
  const absl::Status status = Create("", EchoParams(), [this] {
                                replica_.upstream().AwaitRequest(1);
                                replica_.Stop();
                              }).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnknown);
  EXPECT_EQ(ReasonOf(status), v1::CREATE_OUTCOME_UNKNOWN);
  EXPECT_EQ(MetadataOf("create_outcome", status), "unknown");
}

TEST_F(PeerClientTest, CreateThatWasNotSentEndsUnavailable) {
  replica_.Stop();
  const absl::Status status = Create("", EchoParams()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(status), v1::OWNER_UNAVAILABLE);
}

TEST_F(PeerClientTest, CreateUnderARequestIdEndsUnavailableWhenTheLinkBreaks) {
  const absl::Status status = Create(kRequestId, EchoParams(), [this] {
                                replica_.upstream().AwaitRequest(1);
                                replica_.Stop();
                              }).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(status), v1::OWNER_UNAVAILABLE);
}

TEST_F(PeerClientTest, DeadlineEndsACall) {
  const absl::Status status =
      Get([this] { replica_.upstream().AwaitRequest(1); },
          absl::Milliseconds(100))
          .status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(ReasonOf(status), v1::DEADLINE_EXCEEDED);
}

// A replica that misbehaves.
class WrongReplica final : public v1::Predictions::Service {
 public:
  WrongReplica() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    address_ = absl::StrCat("127.0.0.1:", port);
  }

  grpc::Status Get(grpc::ServerContext* /*context*/,
                   const v1::GetRequest* /*request*/,
                   v1::Prediction* response) override {
    *response = prediction;
    return grpc::Status::OK;
  }
  grpc::Status Create(grpc::ServerContext* /*context*/,
                      const v1::CreateRequest* /*request*/,
                      v1::Prediction* response) override {
    *response = prediction;
    return grpc::Status::OK;
  }

  const std::string& address() const { return address_; }

  v1::Prediction prediction;

 private:
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

TEST_F(PeerClientTest, RejectsResponsesToAnotherQuestion) {
  WrongReplica wrong;
  RunOnLoop(loop_, [&] { owner_ = PeerOwner{wrong.address(), 7}; });
  const auto message = [this] {
    const absl::Status status = Get().status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
    EXPECT_EQ(ReasonOf(status), v1::UPSTREAM_RESPONSE_INVALID);
    return std::string(status.message());
  };
  EXPECT_EQ(message(),
            "the response of the replica that serves the token has no valid "
            "id");
  wrong.prediction.set_id(kRequestId);
  EXPECT_EQ(message(),
            "the response of the replica that serves the token is for another "
            "id");
  wrong.prediction.set_id(kPredictionId);
  wrong.prediction.mutable_output()->set_number_value(1);
  EXPECT_EQ(message(),
            "the response of the replica that serves the token has a payload "
            "that is not JSON text");
  const absl::Status created = Create("", EchoParams()).status();
  EXPECT_EQ(ReasonOf(created), v1::UPSTREAM_RESPONSE_INVALID);
  EXPECT_EQ(MetadataOf("create_outcome", created), "unknown");
}

TEST_F(PeerClientTest, OwnerRejectsCallsWithoutAnEpoch) {
  const auto stub = v1::Predictions::NewStub(grpc::CreateChannel(
      replica_.address(), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  v1::GetRequest request;
  request.set_id(kPredictionId);
  v1::Prediction prediction;
  const grpc::Status status = stub->Get(&context, request, &prediction);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(),
            "wriftai-epoch: expected one metadata entry with a positive "
            "number");
}

// The metadata of the port for replicas mean nothing on the public one.
TEST(PublicPortTest, IgnoresTheEpoch) {
  ServiceHarness harness;
  harness.upstream().RespondToAll([](const HttpRequest&) {
    HttpResponse response;
    response.status = 200;
    response.body = PredictionJson("started");
    return response;
  });
  grpc::ClientContext context;
  context.AddMetadata("wriftai-epoch", "no number");
  v1::GetRequest request;
  request.set_id(kPredictionId);
  v1::Prediction prediction;
  EXPECT_TRUE(harness.stub().Get(&context, request, &prediction).ok());
}

}  // namespace
}  // namespace wriftai
