#include "absl/strings/str_cat.h"
#include "base/version.h"
#include "tests/upstream/http/loop_test.h"

namespace wriftai {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

class CurlEventLoopRequestTest : public LoopTest {
 protected:
  // Returns what arrives when `request` is sent to `path`.
  std::string OnTheWire(HttpRequest request, const std::string& path = "/") {
    request.url = server_.Url(path);
    EXPECT_EQ(Response(std::move(request)).status, 200);
    return server_.requests().back();
  }

  std::string Host() const {
    return "Host: 127.0.0.1:" + std::to_string(server_.port()) + "\r\n";
  }

  RawHttpServer server_{
      RawHttpServer::RespondToEach(RawHttpServer::Response("200 OK", ""))};
};

TEST_F(CurlEventLoopRequestTest, SendsExactGet) {
  options().user_agent = "agent/1";
  HttpRequest request;
  request.headers = {{"accept", "application/json"}, {"empty", ""}};
  request.bearer = Secret("token");
  EXPECT_EQ(OnTheWire(request, "/v1/p?cursor=a%2Bb"),
            "GET /v1/p?cursor=a%2Bb HTTP/1.1\r\n" + Host() +
                "User-Agent: agent/1\r\n"
                "Accept-Encoding: gzip, deflate\r\n"
                "accept: application/json\r\n"
                "empty:\r\n"
                "authorization: Bearer token\r\n\r\n");
}

TEST_F(CurlEventLoopRequestTest, SendsExactPost) {
  options().user_agent = "agent/1";
  HttpRequest request = Post("", "{\"a\":1}");
  request.headers = {{"content-type", "application/json"},
                     {"prefer", "wait=5"}};
  EXPECT_EQ(OnTheWire(request), "POST / HTTP/1.1\r\n" + Host() +
                                    "Accept: */*\r\n"
                                    "User-Agent: agent/1\r\n"
                                    "Accept-Encoding: gzip, deflate\r\n"
                                    "content-type: application/json\r\n"
                                    "prefer: wait=5\r\n"
                                    "Content-Length: 7\r\n\r\n"
                                    "{\"a\":1}");
}

// They use the same handle of libcurl.
TEST_F(CurlEventLoopRequestTest, RequestHasNothingOfTheOneBefore) {
  options().user_agent = "agent/1";
  HttpRequest post = Post("", "{\"a\":1}");
  post.headers = {{"prefer", "wait=5"}};
  post.bearer = Secret("first");
  OnTheWire(post, "/first");
  EXPECT_EQ(OnTheWire({}, "/second"), "GET /second HTTP/1.1\r\n" + Host() +
                                          "Accept: */*\r\n"
                                          "User-Agent: agent/1\r\n"
                                          "Accept-Encoding: gzip, deflate\r\n"
                                          "\r\n");
  EXPECT_THAT(OnTheWire(Post("", "b")), EndsWith("Content-Length: 1\r\n\r\nb"));
}

TEST_F(CurlEventLoopRequestTest, RequestAfterOneWithoutProxyMayUseIt) {
  RawHttpServer proxy(
      RawHttpServer::RespondToEach(RawHttpServer::Response("200 OK", "by")));
  setenv("http_proxy", proxy.Url("").c_str(), 1);
  HttpRequest direct = Get(server_.Url("/"));
  direct.without_proxy = true;
  EXPECT_EQ(Response(direct).body, "");
  EXPECT_EQ(Response(Get("http://api.invalid/")).body, "by");
  EXPECT_EQ(Response(direct).body, "");
  unsetenv("http_proxy");
}

TEST_F(CurlEventLoopRequestTest, SendsEmptyPostWithLengthAndWithoutType) {
  EXPECT_THAT(OnTheWire(Post("", "")), AllOf(HasSubstr("Content-Length: 0\r\n"),
                                             Not(HasSubstr("ontent-type")),
                                             Not(HasSubstr("ontent-Type"))));
}

TEST_F(CurlEventLoopRequestTest, SendsBodyByteForByte) {
  const std::string body("\0\r\n\xff\x1a", 5);
  EXPECT_THAT(OnTheWire(Post("", body)), EndsWith("\r\n\r\n" + body));
}

TEST_F(CurlEventLoopRequestTest, LargePostSendsNoExpectHeader) {
  const std::string body(3000000, 'x');
  const std::string request = OnTheWire(Post("", body));
  EXPECT_THAT(
      request.substr(0, request.find("\r\n\r\n")),
      AllOf(HasSubstr("Content-Length: 3000000"), Not(HasSubstr("xpect"))));
  EXPECT_THAT(request, EndsWith("\r\n\r\n" + body));
}

TEST_F(CurlEventLoopRequestTest, SendsGatewayVersionAsUserAgent) {
  EXPECT_THAT(OnTheWire({}),
              HasSubstr(absl::StrCat("User-Agent: wriftai-gateway/", Version(),
                                     "\r\n")));
}

TEST_F(CurlEventLoopRequestTest, DoesNotNormalizePath) {
  EXPECT_THAT(OnTheWire({}, "/a/../b/./%2e%2e"),
              StartsWith("GET /a/../b/./%2e%2e HTTP/1.1\r\n"));
}

TEST_F(CurlEventLoopRequestTest, SendsNoAuthorizationWithoutBearer) {
  EXPECT_THAT(OnTheWire({}), Not(HasSubstr("uthorization")));
}

// A reused easy handle must not keep state of its last request.
TEST_F(CurlEventLoopRequestTest, KeepsNoStateBetweenRequests) {
  HttpRequest request = Post("", "body");
  request.headers = {{"x", "y"}};
  request.bearer = Secret("token");
  OnTheWire(request);
  EXPECT_THAT(OnTheWire({}),
              AllOf(StartsWith("GET / "), Not(HasSubstr("x: y")),
                    Not(HasSubstr("token")), EndsWith("\r\n\r\n")));
}

TEST_F(CurlEventLoopRequestTest, DoesNotStoreCookies) {
  RawHttpServer server(RawHttpServer::RespondToEach(
      RawHttpServer::Response("200 OK", "", "Set-Cookie: a=b\r\n")));
  Response(Get(server.Url("/")));
  Response(Get(server.Url("/")));
  ASSERT_THAT(server.requests(), SizeIs(2));
  EXPECT_THAT(server.requests()[1], Not(HasSubstr("ookie")));
}

TEST_F(CurlEventLoopRequestTest, DoesNotSendBearerToProxy) {
  RawHttpServer proxy(RawHttpServer::RespondToEach(
      RawHttpServer::Response("403 Forbidden", "")));
  setenv("https_proxy", proxy.Url("").c_str(), 1);
  HttpRequest request = Post("https://api.invalid/v1/p", "body");
  request.bearer = Secret("token");
  EXPECT_THAT(Failure(request), FailsAs(Kind::kConnect, false));
  unsetenv("https_proxy");
  ASSERT_THAT(proxy.requests(), SizeIs(1));
  EXPECT_THAT(proxy.requests()[0],
              AllOf(StartsWith("CONNECT api.invalid:443 HTTP/1.1\r\n"),
                    Not(HasSubstr("token")), Not(HasSubstr("body"))));
}

}  // namespace
}  // namespace wriftai
