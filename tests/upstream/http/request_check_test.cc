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

absl::Status CheckHeader(std::string name, std::string value) {
  HttpRequest request = Request();
  request.headers = {{std::move(name), std::move(value)}};
  return CheckRequest(request).status();
}

TEST(CheckRequestTest, AcceptsHttpAndHttps) {
  for (const char* url :
       {"http://localhost:8080/v1", "https://api.example/a%20b?c=d",
        "HTTPS://API.EXAMPLE", "http://127.0.0.1:1", "http://[::1]:80/"}) {
    EXPECT_THAT(CheckRequest(Request(url)), IsOk()) << url;
  }
}

TEST(CheckRequestTest, RejectsOtherSchemesAndNone) {
  for (const char* url : {"", "/v1", "api.example/v1", "ftp://a/", "file:///a",
                          "gopher://a/", "https:/a", "javascript://a/"}) {
    EXPECT_THAT(CheckRequest(Request(url)),
                StatusIs(kInvalid, "url: must start with http:// or https://"))
        << url;
  }
}

TEST(CheckRequestTest, RejectsInvalidBytesInUrl) {
  for (const std::string& part :
       {std::string(" "), std::string("\r\n"), std::string("\t"),
        std::string(1, '\0'), std::string("\x7f"), std::string("\xc3\xa9")}) {
    EXPECT_THAT(
        CheckRequest(Request("http://a/b" + part + "c")),
        StatusIs(kInvalid, "url: must be printable ASCII without spaces"));
  }
}

TEST(CheckRequestTest, RejectsUrlWithoutHostWithUserOrWithInvalidPort) {
  for (const char* url :
       {"http://", "https://:443/", "http://user:hunter2@a/", "http://user@a/",
        "http://a:99999/", "http://a:b/", "http://[::1/"}) {
    EXPECT_THAT(CheckRequest(Request(url)),
                StatusIs(kInvalid,
                         AllOf(HasSubstr("url: "), Not(HasSubstr("hunter2")))))
        << url;
  }
}

TEST(CheckRequestTest, RejectsHeaderNamesThatAreNotTokens) {
  for (const char* name : {"", "a b", "a:", "a\r\nb", "\xc3\xa9", "a(b)"}) {
    EXPECT_THAT(CheckHeader(name, "v"),
                StatusIs(kInvalid, "header: the name is not a token"))
        << name;
  }
}

TEST(CheckRequestTest, RejectsHeadersThatFrameOrRouteMessage) {
  for (const char* name : {"content-length", "Transfer-Encoding", "expect",
                           "connection", "host", "upgrade", "te", "trailer"}) {
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
  EXPECT_THAT(CheckRequest(request),
              StatusIs(kInvalid, "bearer: must not contain CR, LF or NUL"));
}

TEST(CheckRequestTest, RejectsBearerWithAuthorizationHeader) {
  HttpRequest request = Request();
  request.bearer = Secret("token");
  request.headers = {{"Authorization", "Basic x"}};
  EXPECT_THAT(
      CheckRequest(request),
      StatusIs(kInvalid, "Authorization: conflicts with the bearer token"));
}

TEST(CheckRequestTest, RejectsGetWithBody) {
  HttpRequest request = Request();
  request.body = "x";
  EXPECT_THAT(CheckRequest(request),
              StatusIs(kInvalid, "body: not allowed with GET"));
}

}  // namespace
}  // namespace wriftai
