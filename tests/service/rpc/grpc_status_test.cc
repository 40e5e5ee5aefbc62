#include "service/rpc/grpc_status.h"

#include <set>
#include <string>

#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "proto/predictions.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

google::rpc::Status DetailsOf(const grpc::Status& status) {
  google::rpc::Status details;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  return details;
}

TEST(GrpcStatusTest, ConvertsOk) {
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
}

TEST(GrpcStatusTest, PreservesEveryCode) {
  for (int code = 1; code <= 16; ++code) {
    const grpc::Status status =
        ToGrpcStatus(absl::Status(static_cast<absl::StatusCode>(code), "m"));
    EXPECT_EQ(static_cast<int>(status.error_code()), code);
    EXPECT_EQ(DetailsOf(status).code(), code);
  }
}

TEST(GrpcStatusTest, AddsRequestIdToErrorInfo) {
  CallRecord record;
  record.request_id = "request-1";
  record.prediction_id = "prediction-1";
  const absl::Status named = AddCallInfo(record, FieldError("id", "a UUID"));
  EXPECT_EQ(MetadataOf("gateway_request_id", named), "request-1");
  EXPECT_EQ(ReasonOf(named), v1::INVALID_FIELD);
  EXPECT_EQ(MetadataOf("prediction_id", named), "");
  EXPECT_EQ(AddCallInfo(record, absl::CancelledError("gone")),
            absl::CancelledError("gone"));
}

TEST(GrpcStatusTest, AddsPredictionIdAfterCreate) {
  CallRecord record;
  record.method = MethodOf<v1::CreateAndWaitRequest>();
  const absl::Status draining =
      GatewayError(absl::StatusCode::kUnavailable, v1::DRAINING, "later");
  EXPECT_EQ(MetadataOf("prediction_id", AddCallInfo(record, draining)), "");
  record.prediction_id = "prediction-1";
  EXPECT_EQ(MetadataOf("prediction_id", AddCallInfo(record, draining)),
            "prediction-1");
}

TEST(GrpcStatusTest, SendsEachDetailOnce) {
  absl::Status status = FieldError("id", "a UUID");
  SetRetryDelay(absl::Seconds(1), status);
  const google::rpc::Status details = DetailsOf(ToGrpcStatus(status));
  std::set<std::string> types;
  for (const auto& detail : details.details()) types.insert(detail.type_url());
  EXPECT_EQ(types, (std::set<std::string>{
                       "type.googleapis.com/google.rpc.BadRequest",
                       "type.googleapis.com/google.rpc.ErrorInfo",
                       "type.googleapis.com/google.rpc.RetryInfo"}));
  EXPECT_EQ(details.details_size(), 3);
  EXPECT_EQ(details.message(), "id: expected a UUID");
}

TEST(GrpcStatusTest, TruncatesLongMessageAtCharacter) {
  std::string message(999, 'x');
  message += "\xc3\xa9 and more";
  const grpc::Status status = ToGrpcStatus(absl::InternalError(message));
  EXPECT_EQ(status.error_message(), std::string(999, 'x'));
}

TEST(GrpcStatusTest, DropsViolationsToFitTrailerLimit) {
  absl::Status status = FieldError("input", "less");
  google::rpc::BadRequest bad_request;
  for (int i = 0; i < 100; ++i) {
    auto* const violation = bad_request.add_field_violations();
    violation->set_field("input.prompt");
    violation->set_description(std::string(200, 'x'));
  }
  SetDetail(bad_request, status);
  const grpc::Status sent = ToGrpcStatus(status);
  EXPECT_LT(sent.error_details().size(), 3600u);
  google::rpc::BadRequest kept;
  const google::rpc::Status details = DetailsOf(sent);
  for (const auto& detail : details.details()) {
    if (detail.Is<google::rpc::BadRequest>()) detail.UnpackTo(&kept);
  }
  EXPECT_GT(kept.field_violations_size(), 5);
}

TEST(GrpcStatusTest, KeepsOnlyErrorInfoIfDetailsNeverFit) {
  absl::Status status = FieldError("input", "less");
  google::rpc::BadRequest bad_request;
  bad_request.add_field_violations()->set_description(std::string(9000, 'x'));
  SetDetail(bad_request, status);
  const google::rpc::Status details = DetailsOf(ToGrpcStatus(status));
  ASSERT_EQ(details.details_size(), 1);
  EXPECT_TRUE(details.details(0).Is<google::rpc::ErrorInfo>());
}

TEST(GrpcStatusTest, SanitizesMessage) {
  const grpc::Status sent =
      ToGrpcStatus(GatewayError(absl::StatusCode::kInternal, v1::CONFLICT,
                                "a\xff\xe2\x80\xae z\n\xc2\x9b"));
  EXPECT_EQ(sent.error_message(), "a?? z");
  EXPECT_EQ(DetailsOf(sent).message(), "a?? z");
}

TEST(GrpcStatusTest, TrimsWhitespaceFromMessage) {
  for (const std::string& message :
       {std::string("no\n"), std::string("\tno \xc2\xa0"),
        "no" + std::string(2000, ' ') + "x"}) {
    EXPECT_EQ(ToGrpcStatus(absl::InternalError(message)).error_message(), "no");
  }
  EXPECT_EQ(ToGrpcStatus(absl::InternalError(" \n ")).error_message(), "");
}

}  // namespace
}  // namespace wriftai
