#include "upstream/http/request_check.h"

#include "tests/support/status_matchers.h"

namespace wriftai {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

HttpRequest Request(std::string url = "https://api.example/v1") {
  HttpRequest request;
  request.url = std::move(url);
  return request;
}

absl::Status Check(const HttpRequest& request) {
  UrlParser urls;
  return CheckRequest(request, urls).status();
}

absl::Status CheckHeader(std::string name, std::string value) {
  HttpRequest request = Request();
  request.headers = {{std::move(name), std::move(value)}};
  return Check(request);
}

TEST(CheckRequestTest, RejectsUrlThatTheParserRejects) {
  EXPECT_THAT(Check(Request("/v1")),
              StatusIs(kInvalid, "url: must start with http:// or https://"));
}

TEST(CheckRequestTest, RejectsHeaderNamesThatAreNotTokens) {
  for (const char* name : {"", "a b", "a:", "a\r\nb", "\xc3\xa9", "a(b)"}) {
    EXPECT_THAT(CheckHeader(name, "v"),
                StatusIs(kInvalid, "header: the name is not a token"))
        << name;
  }
}

TEST(CheckRequestTest, RejectsHeadersThatFrameOrRouteMessage) {
  for (const char* name :
       {"content-length", "Transfer-Encoding", "expect", "connection", "host",
        "upgrade", "te", "trailer", "Accept-Encoding", "user-agent"}) {
    EXPECT_THAT(CheckHeader(name, "v"),
                StatusIs(kInvalid,
                         HasSubstr("only the transport may set this header")));
  }
}

TEST(CheckRequestTest, RejectsLineBreaksAndNulInValuesWithoutQuotingThem) {
  for (const std::string& value :
       {std::string("a\r\nb: c"), std::string("a\nb"), std::string("a\rb"),
        std::string("a\0b", 3)}) {
    EXPECT_THAT(CheckHeader("prefer", value),
                StatusIs(kInvalid, "prefer: must not contain CR, LF or NUL"));
  }
}

TEST(CheckRequestTest, AcceptsUnusualButValidHeaders) {
  EXPECT_THAT(CheckHeader("!#$%&'*+-.^_`|~09aZ", ""), IsOk());
  EXPECT_THAT(CheckHeader("a", "\t caf\xc3\xa9"), IsOk());
}

TEST(CheckRequestTest, RejectsBearerWithLineBreakWithoutQuotingIt) {
  HttpRequest request = Request();
  request.bearer = Secret("tok\r\nx: y");
  EXPECT_THAT(Check(request),
              StatusIs(kInvalid, "bearer: must not contain CR, LF or NUL"));
}

TEST(CheckRequestTest, RejectsBearerWithAuthorizationHeader) {
  HttpRequest request = Request();
  request.bearer = Secret("token");
  request.headers = {{"Authorization", "Basic x"}};
  EXPECT_THAT(
      Check(request),
      StatusIs(kInvalid, "Authorization: conflicts with the bearer token"));
}

TEST(CheckRequestTest, RejectsGetWithBody) {
  HttpRequest request = Request();
  request.body = "x";
  EXPECT_THAT(Check(request), StatusIs(kInvalid, "body: not allowed with GET"));
}

}  // namespace
}  // namespace wriftai
