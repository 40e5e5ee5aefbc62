#include <zlib.h>

#include "tests/upstream/http/loop_test.h"

namespace wriftai {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::SizeIs;

class CurlEventLoopResponseTest : public LoopTest {
 protected:
  // Sends one response and closes the connection.
  static RawHttpServer::Script RespondOnce(std::string bytes) {
    return [bytes = std::move(bytes)](RawConnection& connection) {
      connection.ReadRequest();
      connection.Send(bytes);
    };
  }

  static std::string Gzip(const std::string& text) {
    z_stream stream = {};
    deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8,
                 Z_DEFAULT_STRATEGY);
    std::string packed(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
  }
};

TEST_F(CurlEventLoopResponseTest, DeliversStatusHeadersAndBody) {
  RawHttpServer server(
      RespondOnce("HTTP/1.1 404 Not Found\r\nX-Request-Id:  r1 \r\n"
                  "Content-Length: 4\r\n\r\nbody"));
  const HttpResponse response = Response(Get(server.Url("/")));
  EXPECT_EQ(response.status, 404);
  EXPECT_THAT(response.headers, ElementsAre(Pair("x-request-id", "r1"),
                                            Pair("content-length", "4")));
  EXPECT_EQ(response.body, "body");
}

TEST_F(CurlEventLoopResponseTest, ReusesConnectionForConsecutiveRequests) {
  RawHttpServer server(
      RawHttpServer::RespondToEach(RawHttpServer::Response("200 OK", "x")));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Response(Post(server.Url("/"), "b")).body, "x");
  }
  EXPECT_EQ(server.connections(), 1);
  EXPECT_THAT(server.requests(), SizeIs(3));
}

TEST_F(CurlEventLoopResponseTest, DoesNotFollowRedirect) {
  RawHttpServer server(RawHttpServer::RespondToEach(
      RawHttpServer::Response("302 Found", "", "Location: /elsewhere\r\n")));
  const HttpResponse response = Response(Get(server.Url("/")));
  EXPECT_EQ(response.status, 302);
  EXPECT_EQ(response.Header("location"), "/elsewhere");
  EXPECT_THAT(server.requests(), SizeIs(1));
}

TEST_F(CurlEventLoopResponseTest, DropsInterimResponses) {
  RawHttpServer server(
      RespondOnce("HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" +
                  RawHttpServer::Response("200 OK", "x")));
  const HttpResponse response = Response(Get(server.Url("/")));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.Header("link"), "");
}

TEST_F(CurlEventLoopResponseTest, DecodesGzip) {
  const std::string text(100000, 'a');
  RawHttpServer server(RespondOnce(RawHttpServer::Response(
      "200 OK", Gzip(text), "Content-Encoding: gzip\r\n")));
  EXPECT_EQ(Response(Get(server.Url("/"))).body, text);
}

TEST_F(CurlEventLoopResponseTest, StopsGzipBombAtLimit) {
  options().max_response_bytes = 1000000;
  const std::string bomb = Gzip(std::string(50000000, 'a'));
  ASSERT_LT(bomb.size(), 100000u);
  RawHttpServer server(RespondOnce(
      RawHttpServer::Response("200 OK", bomb, "Content-Encoding: gzip\r\n")));
  const TransportFailure failure = Failure(Get(server.Url("/")));
  EXPECT_THAT(failure, FailsAs(Kind::kResponseTooLarge, true));
  EXPECT_EQ(failure.message, "the response's body exceeds 1000000 bytes");
}

TEST_F(CurlEventLoopResponseTest, RejectsInvalidGzip) {
  RawHttpServer server(RespondOnce(RawHttpServer::Response(
      "200 OK", "not gzip at all", "Content-Encoding: gzip\r\n")));
  EXPECT_THAT(Failure(Get(server.Url("/"))), FailsAs(Kind::kProtocol, true));
}

TEST_F(CurlEventLoopResponseTest, JoinsChunksAndDropsTrailers) {
  RawHttpServer server(
      RespondOnce("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "3\r\nabc\r\n2\r\nde\r\n0\r\nLate: x\r\n\r\n"));
  const HttpResponse response = Response(Get(server.Url("/")));
  EXPECT_EQ(response.body, "abcde");
  EXPECT_EQ(response.Header("late"), "");
}

TEST_F(CurlEventLoopResponseTest, ReadsBodyUntilConnectionCloses) {
  RawHttpServer server(RespondOnce("HTTP/1.0 200 OK\r\n\r\nuntil the end"));
  EXPECT_EQ(Response(Get(server.Url("/"))).body, "until the end");
}

TEST_F(CurlEventLoopResponseTest, AcceptsBodyOfExactlyLimit) {
  options().max_response_bytes = 1000;
  RawHttpServer server(
      RespondOnce(RawHttpServer::Response("200 OK", std::string(1000, 'x'))));
  EXPECT_THAT(Response(Get(server.Url("/"))).body, SizeIs(1000));
}

TEST_F(CurlEventLoopResponseTest, RejectsBodyOverLimit) {
  options().max_response_bytes = 1000;
  RawHttpServer server(
      RespondOnce(RawHttpServer::Response("200 OK", std::string(1001, 'x'))));
  EXPECT_THAT(Failure(Get(server.Url("/"))),
              FailsAs(Kind::kResponseTooLarge, true));
}

TEST_F(CurlEventLoopResponseTest, RejectsHeadersOverLimit) {
  options().max_header_bytes = 1000;
  RawHttpServer server(RespondOnce(RawHttpServer::Response(
      "200 OK", "x", "A: " + std::string(1000, 'x') + "\r\n")));
  EXPECT_THAT(Failure(Get(server.Url("/"))),
              FailsAs(Kind::kResponseTooLarge, true));
}

TEST_F(CurlEventLoopResponseTest, RejectsEndlessHeaderLine) {
  RawHttpServer server(
      RespondOnce("HTTP/1.1 200 OK\r\nA: " + std::string(1000000, 'x')));
  EXPECT_THAT(Failure(Get(server.Url("/"))),
              FailsAs(Kind::kResponseTooLarge, true));
}

TEST_F(CurlEventLoopResponseTest, KeepsRepeatedHeaders) {
  RawHttpServer server(
      RespondOnce(RawHttpServer::Response("200 OK", "", "A: 1\r\na: 2\r\n")));
  const HttpResponse response = Response(Get(server.Url("/")));
  EXPECT_THAT(response.headers, Contains(Pair("a", "2")));
  EXPECT_EQ(response.Header("a"), "1");
}

// Eight concurrent Gets of 60 MB exceeded the memory of the container.
TEST_F(CurlEventLoopResponseTest, BoundsTotalSizeOfBodiesUntilTheyAreFreed) {
  options().max_response_bytes = 1 << 20;
  options().max_bodies_bytes = 3 << 20;
  const std::string body(1 << 20, 'b');
  RawHttpServer server(
      RawHttpServer::RespondToEach(RawHttpServer::Response("200 OK", body)));
  const auto get = [&](const char* scope) {
    HttpRequest request = Get(server.Url("/"));
    request.connection_scope = scope;
    return request;
  };
  const HttpResponse first = Response(get("a"));
  HttpResponse second = Response(get("a"));
  // One scope may use at most four fifths.
  const TransportFailure rejected = Failure(get("a"));
  EXPECT_THAT(rejected, FailsAs(Kind::kMemoryExhausted, true));
  EXPECT_EQ(rejected.message,
            "responses in progress use most of 3145728 bytes");
  // A POST, which may have been paid for, always succeeds.
  EXPECT_EQ(Response(Post(server.Url("/"), "")).body, body);
  second = HttpResponse();
  EXPECT_EQ(Response(get("a")).body, body);
}

TEST_F(CurlEventLoopResponseTest, SmallBodiesReserveNoMemory) {
  options().max_response_bytes = 1 << 20;
  options().max_bodies_bytes = 1;
  const std::string body(64 << 10, 'b');
  RawHttpServer server(
      RawHttpServer::RespondToEach(RawHttpServer::Response("200 OK", body)));
  EXPECT_EQ(Response(Get(server.Url("/"))).body, body);
}

}  // namespace
}  // namespace wriftai
