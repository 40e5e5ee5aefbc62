#include "upstream/error_details.h"

#include "base/sanitize.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace wriftai {
namespace {

TEST(ErrorDetailsTest, GatewayErrorHasDomainAndReason) {
  const absl::Status status =
      GatewayError(absl::StatusCode::kUnavailable, v1::DRAINING, "going away");
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable, "going away"));
  const auto info = GetDetail<google::rpc::ErrorInfo>(status);
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(info->reason(), "DRAINING");
  EXPECT_EQ(info->domain(), "gateway.wriftai");
}

TEST(ErrorDetailsTest, FieldErrorNamesFieldAndExpectation) {
  const absl::Status status = FieldError("webhook.url", "an http URL");
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument,
                               "webhook.url: expected an http URL"));
  const auto bad_request = GetDetail<google::rpc::BadRequest>(status);
  ASSERT_TRUE(bad_request.has_value());
  ASSERT_EQ(bad_request->field_violations_size(), 1);
  EXPECT_EQ(bad_request->field_violations(0).field(), "webhook.url");
  EXPECT_EQ(bad_request->field_violations(0).description(),
            "expected an http URL");
}

TEST(ErrorDetailsTest, SetDetailReplacesDetailOfSameType) {
  absl::Status status = absl::UnavailableError("down");
  SetRetryDelay(absl::Seconds(1), status);
  SetRetryDelay(absl::Milliseconds(2500), status);
  EXPECT_EQ(RetryDelay(status), absl::Milliseconds(2500));
  int payloads = 0;
  status.ForEachPayload([&](auto, const auto&) { ++payloads; });
  EXPECT_EQ(payloads, 1);
}

TEST(ErrorDetailsTest, ClampsNegativeRetryDelayToZero) {
  absl::Status status = absl::UnavailableError("down");
  SetRetryDelay(absl::Seconds(-3), status);
  EXPECT_EQ(RetryDelay(status), absl::ZeroDuration());
}

TEST(ErrorDetailsTest, MissingDetailsAreEmpty) {
  const absl::Status status = absl::UnavailableError("down");
  EXPECT_EQ(RetryDelay(status), std::nullopt);
  EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(MetadataOf("cause", status), "");
}

TEST(ErrorDetailsTest, PrefixFieldsExtendsFieldPath) {
  const absl::Status status =
      PrefixFields("create.", FieldError("model", "owner/name"));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument,
                               "create.model: expected owner/name"));
  EXPECT_EQ(
      GetDetail<google::rpc::BadRequest>(status)->field_violations(0).field(),
      "create.model");
}

TEST(ErrorDetailsTest, PrefixFieldsKeepsErrorWithoutFields) {
  const absl::Status status = absl::NotFoundError("gone");
  EXPECT_EQ(PrefixFields("create.", status), status);
}

TEST(ErrorDetailsTest, AnyBytesProduceParsableDetail) {
  absl::Status status =
      GatewayError(absl::StatusCode::kInternal, v1::NOT_FOUND, "message");
  for (const char* const hostile :
       {"\xff", "\xc3", "a\xe2\x80", "\xed\xa0\xbd", "\xe2\x80\xae", "\xc2\x9b",
        "\n", "\x1b[2J"}) {
    SetMetadata("key", hostile, status);
    SetMetadata(hostile, "value", status);
    google::rpc::BadRequest bad_request;
    auto* const violation = bad_request.add_field_violations();
    violation->set_field(hostile);
    violation->set_description(hostile);
    SetDetail(bad_request, status);
    EXPECT_EQ(ReasonOf(status), v1::NOT_FOUND) << hostile;
    const auto read = GetDetail<google::rpc::BadRequest>(status);
    ASSERT_TRUE(read.has_value()) << hostile;
    for (const std::string& text :
         {read->field_violations(0).field(), MetadataOf("key", status)}) {
      EXPECT_EQ(text, SanitizeText(hostile, 100));
    }
  }
}

TEST(ErrorDetailsTest, PrefixFieldsNamesMessageIfFieldIsEmpty) {
  absl::Status status = FieldError("", "less");
  EXPECT_EQ(GetDetail<google::rpc::BadRequest>(PrefixFields("create.", status))
                ->field_violations(0)
                .field(),
            "create");
}

}  // namespace
}  // namespace wriftai
