#include "service/rpc/prediction_service.h"

#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "tests/support/service_harness.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

class PredictionServiceTest : public ::testing::Test {
 protected:
  // Calls Get while `serve` plays the upstream.
  template <typename Serve>
  grpc::Status Get(Serve serve, const char* id = kPredictionId) {
    v1::GetRequest request;
    request.set_id(id);
    std::thread upstream(serve);
    const grpc::Status status =
        harness_.stub().Get(&context_, request, &prediction_);
    upstream.join();
    return status;
  }

  static std::string Reason(const grpc::Status& status) {
    google::rpc::Status details;
    details.ParseFromString(status.error_details());
    for (const auto& detail : details.details()) {
      google::rpc::ErrorInfo info;
      if (detail.UnpackTo(&info)) return info.reason();
    }
    return "";
  }

  ServiceHarness harness_;
  grpc::ClientContext context_;
  v1::Prediction prediction_;
};

TEST_F(PredictionServiceTest, GetReturnsPredictionInRequestedFormat) {
  const grpc::Status status = Get([this] {
    harness_.upstream().Respond(1, 200, PredictionJson("succeeded", "[1]"));
  });
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(prediction_.status(), v1::PREDICTION_STATUS_SUCCEEDED);
  EXPECT_EQ(prediction_.output().list_value().values(0).number_value(), 1);
}

TEST_F(PredictionServiceTest, GetReturnsLargePayloadsAsTheyAre) {
  const std::string input = "[" + std::string(30000, ' ') + "1]";
  const std::string output = "\"" + std::string(2000000, 'x') + "\"";
  v1::GetRequest request;
  request.set_id(kPredictionId);
  request.set_payload_format(v1::PAYLOAD_FORMAT_JSON);
  std::thread upstream([&] {
    harness_.upstream().Respond(
        1, 200,
        absl::StrCat("{\"id\":\"", kPredictionId,
                     "\",\"status\":\"started\",\"input\":", input,
                     ",\"output\":", output, "}"));
  });
  const grpc::Status status =
      harness_.stub().Get(&context_, request, &prediction_);
  upstream.join();
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(prediction_.status_text(), "started");
  EXPECT_TRUE(prediction_.input_json() == input);
  EXPECT_TRUE(prediction_.output_json() == output);
}

TEST_F(PredictionServiceTest, SendsCallerTokenUpstream) {
  context_.AddMetadata("authorization", "Bearer callers");
  Get([this] {
    EXPECT_EQ(harness_.upstream().AwaitRequest(1).bearer.Reveal(), "callers");
    harness_.upstream().Respond(1, 404, "");
  });
}

TEST_F(PredictionServiceTest, SendsGatewayTokenWithoutCallerToken) {
  Get([this] {
    EXPECT_EQ(harness_.upstream().AwaitRequest(1).bearer.Reveal(), "own");
    harness_.upstream().Respond(1, 404, "");
  });
}

TEST_F(PredictionServiceTest, ErrorsHaveDetails) {
  const grpc::Status status =
      Get([this] { harness_.upstream().Respond(1, 404, ""); });
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Reason(status), "NOT_FOUND");
}

TEST_F(PredictionServiceTest, InvalidInputCausesNoUpstreamRequest) {
  const grpc::Status status = Get([] {}, "no-uuid");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Reason(status), "INVALID_FIELD");
  EXPECT_EQ(harness_.upstream().sent_count(), 0u);
}

TEST_F(PredictionServiceTest, DeadlineBoundsUpstreamRequest) {
  context_.set_deadline(std::chrono::system_clock::now() +
                        std::chrono::seconds(20));
  Get([this] {
    const absl::Duration timeout = harness_.upstream().AwaitRequest(1).timeout;
    // gRPC rounds the timeout up.
    EXPECT_LE(timeout, absl::Seconds(21));
    EXPECT_GT(timeout, absl::Seconds(10));
    harness_.upstream().Respond(1, 404, "");
  });
}

TEST_F(PredictionServiceTest, CancellingCallAbortsUpstreamRequest) {
  const grpc::Status status = Get([this] {
    harness_.upstream().AwaitRequest(1);
    context_.TryCancel();
    harness_.upstream().AwaitDropped(1);
  });
  EXPECT_EQ(status.error_code(), grpc::StatusCode::CANCELLED);
}

constexpr char kOtherId[] = "0b5d8e7c-9a61-4f0e-8f5b-2d3c1e4f5a6b";

TEST_F(PredictionServiceTest, ListServesSmallPagesFromLargerOnes) {
  v1::ListRequest request;
  request.set_page_size(1);
  std::thread upstream([this] {
    EXPECT_EQ(harness_.upstream().AwaitRequest(1).url,
              "http://upstream/v1/predictions?page_size=48");
    harness_.upstream().Respond(
        1, 200,
        absl::StrCat("{\"items\":[{\"id\":\"", kPredictionId,
                     "\",\"status\":\"started\"},{\"id\":\"", kOtherId,
                     "\",\"status\":\"started\"}],\"next_cursor\":null}"));
  });
  v1::ListResponse response;
  const grpc::Status status =
      harness_.stub().List(&context_, request, &response);
  upstream.join();
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(response.predictions_size(), 1);
  EXPECT_EQ(response.predictions(0).id(), kPredictionId);
  EXPECT_FALSE(response.predictions(0).has_input());
  EXPECT_NE(response.next_page_token(), "");
}

TEST_F(PredictionServiceTest, InvalidPageTokenCausesNoUpstreamRequest) {
  v1::ListRequest request;
  request.set_page_token("foreign");
  v1::ListResponse response;
  const grpc::Status status =
      harness_.stub().List(&context_, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(harness_.upstream().sent_count(), 0u);
}

TEST_F(PredictionServiceTest, CancelSucceeds) {
  v1::CancelRequest request;
  request.set_id(kPredictionId);
  std::thread upstream([this] { harness_.upstream().Respond(1, 200, "null"); });
  v1::CancelResponse response;
  EXPECT_TRUE(harness_.stub().Cancel(&context_, request, &response).ok());
  upstream.join();
}

TEST_F(PredictionServiceTest, CreateWithRequestIdOutlivesCaller) {
  v1::CreateRequest request;
  request.set_model("a/b");
  request.set_input_json("{}");
  request.set_request_id("11111111-1111-1111-1111-111111111111");
  std::thread upstream([this] {
    harness_.upstream().AwaitRequest(1);
    context_.TryCancel();
  });
  EXPECT_EQ(
      harness_.stub().Create(&context_, request, &prediction_).error_code(),
      grpc::StatusCode::CANCELLED);
  upstream.join();
  harness_.Settle();
  harness_.upstream().Respond(1, 202, PredictionJson("pending"));
  grpc::ClientContext again;
  ASSERT_TRUE(harness_.stub().Create(&again, request, &prediction_).ok());
  EXPECT_EQ(prediction_.id(), kPredictionId);
  EXPECT_EQ(harness_.upstream().sent_count(), 1u);
}

TEST_F(PredictionServiceTest, CreateWithoutRequestIdEndsWithCaller) {
  v1::CreateRequest request;
  request.set_model("a/b");
  request.set_input_json("{}");
  std::thread upstream([this] {
    harness_.upstream().AwaitRequest(1);
    context_.TryCancel();
    harness_.upstream().AwaitDropped(1);
  });
  EXPECT_EQ(
      harness_.stub().Create(&context_, request, &prediction_).error_code(),
      grpc::StatusCode::CANCELLED);
  upstream.join();
}

}  // namespace
}  // namespace wriftai
