#include "upstream/rest/http_status.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/upstream/rest/response_status.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

using ::testing::HasSubstr;
using Code = absl::StatusCode;
using Kind = TransportFailure::Kind;

std::string HttpStatusIn(const absl::Status& status) {
  return MetadataOf("http_status", status);
}

TEST(HttpStatusTest, EveryErrorHasDomainReasonAndRequestId) {
  for (int http = 300; http <= 599; ++http) {
    const absl::Status status = ToGet(Response(http));
    const auto info = GetDetail<google::rpc::ErrorInfo>(status);
    ASSERT_TRUE(info.has_value()) << http;
    EXPECT_EQ(info->domain(), "wrift.ai") << http;
    EXPECT_FALSE(info->reason().empty()) << http;
    EXPECT_EQ(HttpStatusIn(status), std::to_string(http));
    EXPECT_EQ(MetadataOf("upstream_request_id", status), "req-1") << http;
  }
}

TEST(HttpStatusTest, Row400IsInvalidArgumentWithUpstreamMessage) {
  const absl::Status status = ToGet(Response(400));
  EXPECT_THAT(status, StatusIs(Code::kInvalidArgument,
                               "WriftAI returned 400 for the get: no"));
  EXPECT_EQ(GetDetail<google::rpc::BadRequest>(status)
                ->field_violations(0)
                .description(),
            "no");
}

TEST(HttpStatusTest, Row422IsInvalidArgumentWithProtoFieldPaths) {
  const std::pair<const char*, const char*> rows[] = {
      {R"(["body","input","prompt"])", "input.prompt"},
      {R"(["body","input","items",3,"x"])", "input.items[3].x"},
      {R"(["body","webhook","url"])", "webhook.url"},
      {R"(["body","model"])", "model"},
      {R"(["path","model_owner"])", "model"},
      {R"(["path","number"])", "model"},
      {R"(["header","validate-input"])", "validate_input"},
      {R"(["header","Prefer"])", "server_wait"},
      {R"(["header","validate_input"])", "validate_input"},
      {R"(["body"])", "input"},
  };
  for (const auto& [location, field] : rows) {
    const std::string body = std::string(R"({"detail":[{"loc":)") + location +
                             R"(,"msg":"bad","type":"t"}]})";
    const absl::Status status = ToCreate(Response(422, body));
    EXPECT_THAT(status, StatusIs(Code::kInvalidArgument));
    const auto bad_request = GetDetail<google::rpc::BadRequest>(status);
    ASSERT_TRUE(bad_request.has_value());
    ASSERT_EQ(bad_request->field_violations_size(), 1);
    EXPECT_EQ(bad_request->field_violations(0).field(), field);
    EXPECT_EQ(bad_request->field_violations(0).description(), "bad");
  }
}

TEST(HttpStatusTest, Row401IsUnauthenticated) {
  EXPECT_THAT(ToGet(Response(401)), StatusIs(Code::kUnauthenticated));
  EXPECT_EQ(ReasonOf(ToGet(Response(401))), v1::TOKEN_REFUSED);
}

TEST(HttpStatusTest, Row402IsResourceExhaustedWithoutRetry) {
  const absl::Status status = ToCreate(Response(402));
  EXPECT_THAT(status, StatusIs(Code::kResourceExhausted));
  EXPECT_EQ(
      GetDetail<google::rpc::QuotaFailure>(status)->violations(0).subject(),
      "billing");
  EXPECT_EQ(RetryDelay(status), std::nullopt);
}

TEST(HttpStatusTest, Row429IsResourceExhaustedWithRetryInfo) {
  HttpResponse response = Response(429);
  response.headers.emplace_back("x-ratelimit-reset", "1751414820");
  const absl::Status epoch = ToGet(response);
  EXPECT_THAT(epoch, StatusIs(Code::kResourceExhausted));
  EXPECT_EQ(RetryDelay(epoch), absl::Seconds(20));
  EXPECT_EQ(
      GetDetail<google::rpc::QuotaFailure>(epoch)->violations(0).subject(),
      "rate limit");
  response.headers.back().second = "3";
  EXPECT_EQ(RetryDelay(ToGet(response)), absl::Seconds(3));
}

TEST(HttpStatusTest, Row429WithoutTimeHasDelayOfOneSecond) {
  EXPECT_EQ(RetryDelay(ToGet(Response(429))), absl::Seconds(1));
  EXPECT_EQ(RetryDelay(ToCreate(Response(429))), absl::Seconds(1));
  for (const char* invalid : {"", "soon", "-5", "+5", "5 s", "1e3", "nan"}) {
    HttpResponse response = Response(429);
    response.headers.emplace_back("retry-after", invalid);
    EXPECT_EQ(RetryDelay(ToGet(response)), absl::Seconds(1)) << invalid;
  }
}

TEST(HttpStatusTest, Row429WithPastTimeHasDelayOfOneSecond) {
  for (const char* reset : {"0", "0.2", "1751414000"}) {
    HttpResponse response = Response(429);
    response.headers.emplace_back("x-ratelimit-reset", reset);
    EXPECT_EQ(RetryDelay(ToGet(response)), absl::Seconds(1)) << reset;
  }
}

TEST(HttpStatusTest, AppliesRetryAfterToEveryOperation) {
  for (const int http : {429, 503}) {
    HttpResponse response = Response(http);
    response.headers.emplace_back("date", "Wed, 02 Jul 2025 00:06:40 GMT");
    response.headers.emplace_back("retry-after",
                                  "Wed, 02 Jul 2025 00:07:17 GMT");
    EXPECT_EQ(RetryDelay(ToGet(response)), absl::Seconds(37)) << http;
    EXPECT_EQ(RetryDelay(ToCreate(response)), absl::Seconds(37)) << http;
    EXPECT_EQ(RetryDelay(ToCancel(response)), absl::Seconds(37)) << http;
  }
}

TEST(HttpStatusTest, UsesLongerOfRetryAfterAndReset) {
  HttpResponse response = Response(429);
  response.headers.emplace_back("x-ratelimit-reset", "3");
  response.headers.emplace_back("retry-after", "8");
  EXPECT_EQ(RetryDelay(ToGet(response)), absl::Seconds(8));
  response.headers.back().second = "2";
  EXPECT_EQ(RetryDelay(ToGet(response)), absl::Seconds(3));
}

TEST(HttpStatusTest, Row403IsPermissionDenied) {
  EXPECT_THAT(ToGet(Response(403)), StatusIs(Code::kPermissionDenied));
}

TEST(HttpStatusTest, Row404And410AreNotFoundWithResourceInfo) {
  for (const int http : {404, 410}) {
    const absl::Status status = ToGet(Response(http));
    EXPECT_THAT(status, StatusIs(Code::kNotFound));
    const auto resource = GetDetail<google::rpc::ResourceInfo>(status);
    ASSERT_TRUE(resource.has_value());
    EXPECT_EQ(resource->resource_type(), "prediction");
    EXPECT_EQ(resource->resource_name(), kPredictionId);
  }
}

TEST(HttpStatusTest, Row404ToCreateNamesModel) {
  const auto resource =
      GetDetail<google::rpc::ResourceInfo>(ToCreate(Response(404)));
  ASSERT_TRUE(resource.has_value());
  EXPECT_EQ(resource->resource_type(), "model");
  EXPECT_EQ(resource->resource_name(), "a/b");
}

TEST(HttpStatusTest, Row409IsFailedPrecondition) {
  const absl::Status status = ToCancel(Response(409));
  EXPECT_THAT(status, StatusIs(Code::kFailedPrecondition));
  EXPECT_EQ(GetDetail<google::rpc::PreconditionFailure>(status)
                ->violations(0)
                .subject(),
            kPredictionId);
}

TEST(HttpStatusTest, Row400ToCancelIsFailedPrecondition) {
  EXPECT_THAT(ToCancel(Response(400)), StatusIs(Code::kFailedPrecondition));
  EXPECT_THAT(ToCreate(Response(400)), StatusIs(Code::kInvalidArgument));
}

TEST(HttpStatusTest, Row500IsInternalForWritesAndUnavailableForReads) {
  EXPECT_THAT(ToCreate(Response(500)), StatusIs(Code::kInternal));
  EXPECT_THAT(ToCancel(Response(500)), StatusIs(Code::kInternal));
  EXPECT_THAT(ToGet(Response(500)), StatusIs(Code::kUnavailable));
}

TEST(HttpStatusTest, Row502To504AreUnavailable) {
  for (const int http : {502, 503, 504}) {
    EXPECT_THAT(ToGet(Response(http)), StatusIs(Code::kUnavailable)) << http;
    EXPECT_THAT(ToCancel(Response(http)), StatusIs(Code::kUnavailable)) << http;
  }
  EXPECT_THAT(ToCreate(Response(503)), StatusIs(Code::kUnavailable));
}

TEST(HttpStatusTest, Row503HasRetryInfoIfUpstreamHasRetryAfter) {
  HttpResponse response = Response(503);
  response.headers.emplace_back("retry-after", "9");
  EXPECT_EQ(RetryDelay(ToGet(response)), absl::Seconds(9));
}

TEST(HttpStatusTest, Row413IsInvalidArgument) {
  EXPECT_THAT(ToCreate(Response(413)), StatusIs(Code::kInvalidArgument));
  EXPECT_EQ(ReasonOf(ToCreate(Response(413))), v1::REQUEST_TOO_LARGE);
}

TEST(HttpStatusTest, RowRedirectsAndUnexpectedStatusesAreInternal) {
  for (const int http : {301, 302, 307, 405, 418, 600}) {
    const absl::Status status = ToGet(Response(http));
    EXPECT_THAT(status, StatusIs(Code::kInternal)) << http;
    EXPECT_EQ(ReasonOf(status), v1::UPSTREAM_RESPONSE_INVALID) << http;
  }
}

TEST(HttpStatusTest, QuotesOnlyPartOfProxyErrorPage) {
  const absl::Status status =
      ToGet(Response(502, "<html>" + std::string(100'000, 'x')));
  EXPECT_THAT(std::string(status.message()), HasSubstr("<html>xxx"));
  EXPECT_LT(status.message().size(), 400u);
}

TEST(HttpStatusTest, RowConnectTlsAndResetAreUnavailable) {
  for (const Kind kind : {Kind::kConnect, Kind::kInterrupted, Kind::kTimeout}) {
    EXPECT_THAT(StatusFromFailure({kind, true, "it broke"},
                                  {Operation::kGet, kPredictionId}, false),
                StatusIs(Code::kUnavailable,
                         "the get got no response from WriftAI: it broke"));
  }
  EXPECT_THAT(StatusFromFailure({Kind::kConnect, false, "refused"},
                                {Operation::kCreate, "a/b"}, false),
              StatusIs(Code::kUnavailable));
}

TEST(HttpStatusTest, RowDeadlineOfCallerIsDeadlineExceeded) {
  EXPECT_THAT(StatusFromFailure({Kind::kTimeout, true, "slow"},
                                {Operation::kGet, kPredictionId}, true),
              StatusIs(Code::kDeadlineExceeded));
  EXPECT_THAT(StatusFromFailure({Kind::kTimeout, false, "slow"},
                                {Operation::kCreate, "a/b"}, true),
              StatusIs(Code::kDeadlineExceeded));
}

TEST(HttpStatusTest, RowTooLargeBodyIsInternal) {
  const absl::Status status =
      StatusFromFailure({Kind::kResponseTooLarge, true, "too large"},
                        {Operation::kGet, kPredictionId}, false);
  EXPECT_THAT(status, StatusIs(Code::kInternal));
  EXPECT_EQ(ReasonOf(status), v1::UPSTREAM_RESPONSE_INVALID);
}

TEST(HttpStatusTest, RowMemoryExhaustedIsResourceExhaustedWithRetryInfo) {
  const absl::Status status =
      StatusFromFailure({Kind::kMemoryExhausted, true,
                         "responses in progress use most of 9 bytes"},
                        {Operation::kGet, kPredictionId}, false);
  EXPECT_THAT(status, StatusIs(Code::kResourceExhausted,
                               "responses in progress use most of 9 bytes "
                               "(--message_memory); retry later"));
  EXPECT_EQ(ReasonOf(status), v1::MESSAGE_MEMORY_EXHAUSTED);
  EXPECT_EQ(RetryDelay(status), absl::Seconds(1));
}

TEST(HttpStatusTest, ProtocolErrorToReadIsInternal) {
  for (const Operation operation :
       {Operation::kGet, Operation::kList, Operation::kCancel}) {
    const absl::Status status = StatusFromFailure(
        {Kind::kProtocol, true, "bad gzip"}, {operation, kPredictionId}, false);
    EXPECT_THAT(status, StatusIs(Code::kInternal,
                                 "cannot parse WriftAI's response: bad gzip"));
    EXPECT_EQ(ReasonOf(status), v1::UPSTREAM_RESPONSE_INVALID);
  }
}

TEST(HttpStatusTest, PassesOnUpstreamTypeCodeAndDetail) {
  const absl::Status status = ToGet(
      Response(422, R"({"detail":[{"loc":["path","prediction_id"],"msg":"bad",)"
                    R"("type":"uuid_parsing"}]})"));
  EXPECT_EQ(MetadataOf("upstream_error_type", status), "uuid_parsing");
  EXPECT_EQ(MetadataOf("upstream_error_detail", status),
            R"([{"loc":["path","prediction_id"],"msg":"bad",)"
            R"("type":"uuid_parsing"}])");
  const absl::Status other = ToGet(
      Response(403, R"({"detail":"no","type":"permission_error","code":17})"));
  EXPECT_EQ(MetadataOf("upstream_error_type", other), "permission_error");
  EXPECT_EQ(MetadataOf("upstream_error_code", other), "17");
  EXPECT_EQ(MetadataOf("upstream_error_detail", other), "no");
  EXPECT_EQ(MetadataOf("upstream_error_type", ToGet(Response(404))), "");
  EXPECT_EQ(MetadataOf("upstream_error_detail", ToGet(Response(404, "<p>"))),
            "");
}

TEST(HttpStatusTest, BoundsAndSanitizesUpstreamText) {
  const std::string hostile =
      "\\u0000\\u001b[2J\\u202e" + std::string(10'000, 'x');
  const absl::Status status =
      ToGet(Response(404, "{\"detail\":\"" + hostile + "\",\"type\":\"" +
                              hostile + "\",\"code\":\"" + hostile + "\"}"));
  for (const char* const key : {"upstream_error_type", "upstream_error_code",
                                "upstream_error_detail"}) {
    const std::string text = MetadataOf(key, status);
    EXPECT_EQ(text.substr(0, 7), "  [2J?x") << key;
    EXPECT_EQ(text.size(), 256u) << key;
  }
}

TEST(HttpStatusTest, SanitizesRequestId) {
  for (const std::string& id :
       {std::string("\xff\xfe"), std::string(127, 'a') + "\xc3\xa9",
        std::string("a\x1b[2Jb"), std::string("\xe2\x80\xae"),
        std::string(1 << 16, 'x')}) {
    HttpResponse response = Response(404);
    response.headers = {{"x-request-id", id}};
    const absl::Status status = ToGet(response);
    EXPECT_EQ(ReasonOf(status), v1::NOT_FOUND);
    const std::string shown = MetadataOf("upstream_request_id", status);
    EXPECT_EQ(shown, UpstreamRequestId(response));
    EXPECT_LE(shown.size(), 128u);
    EXPECT_FALSE(shown.empty());
    for (const char c : shown) EXPECT_TRUE(c >= ' ' && c <= '~');
  }
}

TEST(HttpStatusTest, RowInvalidBodyIsInternal) {
  const absl::Status status = InvalidResponse(
      Response(200, "<html>"), {Operation::kGet, kPredictionId}, "no JSON");
  EXPECT_THAT(status, StatusIs(Code::kInternal,
                               "cannot parse WriftAI's response: no JSON"));
  EXPECT_EQ(ReasonOf(status), v1::UPSTREAM_RESPONSE_INVALID);
  EXPECT_EQ(HttpStatusIn(status), "200");
}

}  // namespace
}  // namespace wriftai
