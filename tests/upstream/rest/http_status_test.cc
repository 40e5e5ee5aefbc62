#include "upstream/rest/http_status.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

using ::testing::HasSubstr;
using Code = absl::StatusCode;
using Kind = TransportFailure::Kind;

const absl::Time kNow = absl::FromUnixSeconds(1'751'414'800);
constexpr char kId[] = "c12258c4-ed83-4d7b-a784-8ed55412325a";

HttpResponse Reply(int status, std::string body = "{\"detail\":\"no\"}") {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  response.headers = {{"x-request-id", "req-1"}};
  return response;
}

absl::Status ToGet(const HttpResponse& reply) {
  return StatusFromReply(reply, {Operation::kGet, kId}, kNow);
}
absl::Status ToCreate(const HttpResponse& reply) {
  return StatusFromReply(reply, {Operation::kCreate, "a/b"}, kNow);
}
absl::Status ToCancel(const HttpResponse& reply) {
  return StatusFromReply(reply, {Operation::kCancel, kId}, kNow);
}

std::string HttpStatusIn(const absl::Status& status) {
  return MetadataOf("http_status", status);
}

TEST(HttpStatus, EveryErrorSaysWhoWhyAndWhichRequest) {
  for (int http = 300; http <= 599; ++http) {
    const absl::Status status = ToGet(Reply(http));
    const auto info = GetDetail<google::rpc::ErrorInfo>(status);
    ASSERT_TRUE(info.has_value()) << http;
    EXPECT_EQ(info->domain(), "wrift.ai") << http;
    EXPECT_FALSE(info->reason().empty()) << http;
    EXPECT_EQ(HttpStatusIn(status), std::to_string(http));
    EXPECT_EQ(MetadataOf("upstream_request_id", status), "req-1") << http;
  }
}

TEST(HttpStatus, Row400IsInvalidArgumentWithWhatTheUpstreamSaid) {
  const absl::Status status = ToGet(Reply(400));
  EXPECT_THAT(status, StatusIs(Code::kInvalidArgument,
                               "WriftAI answered 400 to the get: no"));
  EXPECT_EQ(GetDetail<google::rpc::BadRequest>(status)
                ->field_violations(0)
                .description(),
            "no");
}

TEST(HttpStatus, Row422IsInvalidArgumentWithProtoFieldPaths) {
  const std::pair<const char*, const char*> rows[] = {
      {R"(["body","input","prompt"])", "input.prompt"},
      {R"(["body","input","items",3,"x"])", "input.items[3].x"},
      {R"(["body","webhook","url"])", "webhook.url"},
      {R"(["body","model"])", "model"},
      {R"(["path","prediction_id"])", "id"},
      {R"(["path","model_owner"])", "model"},
      {R"(["path","number"])", "model"},
      {R"(["query","page_size"])", "page_size"},
      {R"(["query","cursor"])", "page_token"},
      {R"(["header","validate-input"])", "validate_input"},
      {R"(["header","Prefer"])", "server_wait"},
      {R"(["body"])", "body"},
  };
  for (const auto& [location, field] : rows) {
    const std::string body = std::string(R"({"detail":[{"loc":)") + location +
                             R"(,"msg":"bad","type":"t"}]})";
    const absl::Status status = ToCreate(Reply(422, body));
    EXPECT_THAT(status, StatusIs(Code::kInvalidArgument));
    const auto bad_request = GetDetail<google::rpc::BadRequest>(status);
    ASSERT_TRUE(bad_request.has_value());
    ASSERT_EQ(bad_request->field_violations_size(), 1);
    EXPECT_EQ(bad_request->field_violations(0).field(), field);
    EXPECT_EQ(bad_request->field_violations(0).description(), "bad");
  }
}

TEST(HttpStatus, Row401IsUnauthenticated) {
  EXPECT_THAT(ToGet(Reply(401)), StatusIs(Code::kUnauthenticated));
  EXPECT_EQ(ErrorReason(ToGet(Reply(401))), "TOKEN_REFUSED");
}

TEST(HttpStatus, Row402IsResourceExhaustedWithoutRetry) {
  const absl::Status status = ToCreate(Reply(402));
  EXPECT_THAT(status, StatusIs(Code::kResourceExhausted));
  EXPECT_EQ(
      GetDetail<google::rpc::QuotaFailure>(status)->violations(0).subject(),
      "billing");
  EXPECT_EQ(RetryDelay(status), std::nullopt);
}

TEST(HttpStatus, Row429IsResourceExhaustedWithTheTimeOfTheReset) {
  HttpResponse reply = Reply(429);
  reply.headers.emplace_back("x-ratelimit-reset", "1751414820");
  const absl::Status epoch = ToGet(reply);
  EXPECT_THAT(epoch, StatusIs(Code::kResourceExhausted));
  EXPECT_EQ(RetryDelay(epoch), absl::Seconds(20));
  EXPECT_EQ(
      GetDetail<google::rpc::QuotaFailure>(epoch)->violations(0).subject(),
      "rate limit");
  reply.headers.back().second = "3";
  EXPECT_EQ(RetryDelay(ToGet(reply)), absl::Seconds(3));
}

TEST(HttpStatus, Row429WithoutAResetHasNoRetryInfo) {
  EXPECT_EQ(RetryDelay(ToGet(Reply(429))), std::nullopt);
}

TEST(HttpStatus, Row403IsPermissionDenied) {
  EXPECT_THAT(ToGet(Reply(403)), StatusIs(Code::kPermissionDenied));
}

TEST(HttpStatus, Row404And410AreNotFoundWithTheResource) {
  for (const int http : {404, 410}) {
    const absl::Status status = ToGet(Reply(http));
    EXPECT_THAT(status, StatusIs(Code::kNotFound));
    const auto resource = GetDetail<google::rpc::ResourceInfo>(status);
    ASSERT_TRUE(resource.has_value());
    EXPECT_EQ(resource->resource_type(), "prediction");
    EXPECT_EQ(resource->resource_name(), kId);
  }
}

TEST(HttpStatus, Row404ToACreateIsAboutTheModel) {
  const auto resource =
      GetDetail<google::rpc::ResourceInfo>(ToCreate(Reply(404)));
  ASSERT_TRUE(resource.has_value());
  EXPECT_EQ(resource->resource_type(), "model");
  EXPECT_EQ(resource->resource_name(), "a/b");
}

TEST(HttpStatus, Row409IsFailedPrecondition) {
  const absl::Status status = ToCancel(Reply(409));
  EXPECT_THAT(status, StatusIs(Code::kFailedPrecondition));
  EXPECT_EQ(GetDetail<google::rpc::PreconditionFailure>(status)
                ->violations(0)
                .subject(),
            kId);
}

TEST(HttpStatus, RowCancelOfAnEndedPredictionMayAlsoBe400) {
  EXPECT_THAT(ToCancel(Reply(400)), StatusIs(Code::kFailedPrecondition));
  EXPECT_THAT(ToCreate(Reply(400)), StatusIs(Code::kInvalidArgument));
}

TEST(HttpStatus, Row500IsInternalForAWriteAndUnavailableForARead) {
  EXPECT_THAT(ToCreate(Reply(500)), StatusIs(Code::kInternal));
  EXPECT_THAT(ToCancel(Reply(500)), StatusIs(Code::kInternal));
  EXPECT_THAT(ToGet(Reply(500)), StatusIs(Code::kUnavailable));
}

TEST(HttpStatus, Row502To504AreUnavailable) {
  for (const int http : {502, 503, 504}) {
    EXPECT_THAT(ToGet(Reply(http)), StatusIs(Code::kUnavailable)) << http;
    EXPECT_THAT(ToCancel(Reply(http)), StatusIs(Code::kUnavailable)) << http;
  }
  EXPECT_THAT(ToCreate(Reply(503)), StatusIs(Code::kUnavailable));
}

TEST(HttpStatus, Row503SaysWhenToComeBackIfTheUpstreamDoes) {
  HttpResponse reply = Reply(503);
  reply.headers.emplace_back("retry-after", "9");
  EXPECT_EQ(RetryDelay(ToGet(reply)), absl::Seconds(9));
}

TEST(HttpStatus, AProxysErrorToACreateLeavesItsOutcomeUnknown) {
  for (const int http : {502, 504, 520, 524}) {
    const absl::Status status = ToCreate(Reply(http));
    EXPECT_THAT(status, StatusIs(Code::kUnknown)) << http;
    EXPECT_EQ(ErrorReason(status), "CREATE_OUTCOME_UNKNOWN") << http;
  }
}

TEST(HttpStatus, Row413IsInvalidArgument) {
  EXPECT_THAT(ToCreate(Reply(413)), StatusIs(Code::kInvalidArgument));
  EXPECT_EQ(ErrorReason(ToCreate(Reply(413))), "REQUEST_TOO_LARGE");
}

TEST(HttpStatus, RowRedirectsAndOtherSurprisesAreInternal) {
  for (const int http : {301, 302, 307, 405, 418, 600}) {
    const absl::Status status = ToGet(Reply(http));
    EXPECT_THAT(status, StatusIs(Code::kInternal)) << http;
    EXPECT_EQ(ErrorReason(status), "UPSTREAM_RESPONSE_INVALID") << http;
  }
}

TEST(HttpStatus, AProxysErrorPageIsQuotedInPart) {
  const absl::Status status =
      ToGet(Reply(502, "<html>" + std::string(100'000, 'x')));
  EXPECT_THAT(std::string(status.message()), HasSubstr("<html>xxx"));
  EXPECT_LT(status.message().size(), 400u);
}

TEST(HttpStatus, RowConnectTlsAndResetAreUnavailable) {
  for (const Kind kind :
       {Kind::kConnect, Kind::kInterrupted, Kind::kProtocol, Kind::kTimeout}) {
    EXPECT_THAT(StatusFromFailure({kind, true, "it broke"},
                                  {Operation::kGet, kId}, false),
                StatusIs(Code::kUnavailable,
                         "the get got no answer from WriftAI: it broke"));
  }
  EXPECT_THAT(StatusFromFailure({Kind::kConnect, false, "refused"},
                                {Operation::kCreate, "a/b"}, false),
              StatusIs(Code::kUnavailable));
}

TEST(HttpStatus, RowACreateThatMayHaveArrivedIsUnknown) {
  for (const Kind kind :
       {Kind::kInterrupted, Kind::kTimeout, Kind::kProtocol}) {
    for (const bool by_deadline : {true, false}) {
      const absl::Status status = StatusFromFailure(
          {kind, true, "it broke"}, {Operation::kCreate, "a/b"}, by_deadline);
      EXPECT_THAT(status, StatusIs(Code::kUnknown));
      EXPECT_EQ(ErrorReason(status), "CREATE_OUTCOME_UNKNOWN");
    }
  }
}

TEST(HttpStatus, RowACreateThatWasNotSentIsNoMystery) {
  EXPECT_THAT(StatusFromFailure({Kind::kTimeout, false, "connecting"},
                                {Operation::kCreate, "a/b"}, false),
              StatusIs(Code::kUnavailable));
}

TEST(HttpStatus, RowTheCallersDeadlineIsDeadlineExceeded) {
  EXPECT_THAT(StatusFromFailure({Kind::kTimeout, true, "slow"},
                                {Operation::kGet, kId}, true),
              StatusIs(Code::kDeadlineExceeded));
  EXPECT_THAT(StatusFromFailure({Kind::kTimeout, false, "slow"},
                                {Operation::kCreate, "a/b"}, true),
              StatusIs(Code::kDeadlineExceeded));
}

TEST(HttpStatus, RowABodyThatIsTooLargeIsInternal) {
  const absl::Status status =
      StatusFromFailure({Kind::kResponseTooLarge, true, "too large"},
                        {Operation::kGet, kId}, false);
  EXPECT_THAT(status, StatusIs(Code::kInternal));
  EXPECT_EQ(ErrorReason(status), "UPSTREAM_RESPONSE_INVALID");
}

TEST(HttpStatus, RowABodyThatIsNotUnderstoodIsInternal) {
  const absl::Status status = InvalidReply(Reply(200, "<html>"), "no JSON");
  EXPECT_THAT(status,
              StatusIs(Code::kInternal,
                       "WriftAI's answer cannot be understood: no JSON"));
  EXPECT_EQ(ErrorReason(status), "UPSTREAM_RESPONSE_INVALID");
  EXPECT_EQ(HttpStatusIn(status), "200");
}

}  // namespace
}  // namespace wriftai
