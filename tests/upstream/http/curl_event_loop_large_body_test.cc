#include <algorithm>
#include <limits>
#include <string>

#include "tests/upstream/http/loop_test.h"

namespace wriftai {
namespace {

// A body arrives in rounds of the loop, of 256 KiB each.
class CurlEventLoopLargeBodyTest : public LoopTest {
 protected:
  static constexpr size_t kBytesPerRound = size_t{256} << 10;
  static constexpr size_t kBodyBytes = 16 * kBytesPerRound;

  // A body whose every part differs from the others.
  static std::string Body(size_t bytes = kBodyBytes) {
    std::string body;
    while (body.size() < bytes) absl::StrAppend(&body, body.size(), " ");
    body.resize(bytes);
    return body;
  }

  static RawHttpServer::Script RespondWith(const std::string& body) {
    return RawHttpServer::RespondToEach(
        RawHttpServer::Response("200 OK", body));
  }

  static std::string InChunks(absl::string_view body) {
    std::string chunks =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (; !body.empty();
         body.remove_prefix(std::min<size_t>(body.size(), 9999))) {
      const absl::string_view chunk = body.substr(0, 9999);
      absl::StrAppend(&chunks, absl::Hex(chunk.size()), "\r\n", chunk, "\r\n");
    }
    return chunks + "0\r\n\r\n";
  }

  // How many rounds of the loop `request` takes. Expects `body`.
  int RoundsOf(HttpRequest request, const std::string& body) {
    int rounds = 0;
    bool ended = false;
    std::promise<HttpResult> result;
    CallHandle call;
    std::function<void()> count = [&] {
      if (ended) return;
      ++rounds;
      loop().Post(count);
    };
    OnLoop([&] {
      call = loop().Send(std::move(request), [&](HttpResult end) {
        ended = true;
        result.set_value(std::move(end));
      });
      count();
    });
    const HttpResult end = result.get_future().get();
    OnLoop([&] { call.reset(); });
    EXPECT_EQ(std::get<HttpResponse>(end).body, body);
    return rounds;
  }
};

TEST_F(CurlEventLoopLargeBodyTest, LoopRunsOtherTasksEvery256KiB) {
  const std::string body = Body();
  RawHttpServer server(RespondWith(body));
  // A server that is slower than the loop leads to more rounds. Of several
  // bodies, some arrive faster.
  int fewest = std::numeric_limits<int>::max();
  for (int i = 0; i < 20; ++i) {
    fewest = std::min(fewest, RoundsOf(Get(server.Url("/")), body));
  }
  EXPECT_GE(fewest, kBodyBytes / kBytesPerRound);
}

TEST_F(CurlEventLoopLargeBodyTest, DeliversChunks) {
  const std::string body = Body();
  RawHttpServer server(RawHttpServer::RespondToEach(InChunks(body)));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Response(Get(server.Url("/"))).body, body);
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(CurlEventLoopLargeBodyTest, DeliversBodyThatEndsWithConnection) {
  const std::string body = Body();
  RawHttpServer server([&](RawConnection& connection) {
    connection.ReadRequest();
    connection.Send("HTTP/1.0 200 OK\r\n\r\n" + body);
  });
  EXPECT_EQ(Response(Get(server.Url("/"))).body, body);
}

TEST_F(CurlEventLoopLargeBodyTest, DeliversBodyOverTls) {
  const TlsIdentity identity = MakeTlsIdentity("localhost");
  Trust(identity);
  const std::string body = Body();
  RawHttpServer server(RespondWith(body), identity);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Response(Get(server.Url("/", "localhost"))).body, body);
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(CurlEventLoopLargeBodyTest, DeliversResponseToPost) {
  const std::string body = Body();
  RawHttpServer server(RespondWith(body));
  EXPECT_EQ(Response(Post(server.Url("/"), "x")).body, body);
}

// libcurl does not end a transfer whose callback fails as it resumes. Nothing
// follows that would fail, too.
TEST_F(CurlEventLoopLargeBodyTest, EndsWhenLimitIsExceededAsItResumes) {
  options().max_response_bytes = kBytesPerRound;
  RawHttpServer server(RespondWith(Body(kBytesPerRound + 1)));
  const TransportFailure failure = Failure(Get(server.Url("/")));
  EXPECT_THAT(failure, FailsAs(Kind::kResponseTooLarge, true));
  EXPECT_EQ(failure.message, "the response's body exceeds 262144 bytes");
}

TEST_F(CurlEventLoopLargeBodyTest, EndsWhenMemoryIsExhaustedAsItResumes) {
  options().max_bodies_bytes = kBytesPerRound * 3 / 2;
  RawHttpServer server(RespondWith(Body(kBytesPerRound + 1)));
  EXPECT_THAT(Failure(Get(server.Url("/"))),
              FailsAs(Kind::kMemoryExhausted, true));
}

TEST_F(CurlEventLoopLargeBodyTest, DropAtAnyPointLeavesOtherRequestsIntact) {
  RawHttpServer server(RespondWith(Body()));
  for (int i = 0; i < 20; ++i) {
    CallHandle call;
    std::promise<void> dropped;
    std::function<void()> drop_later;
    int rounds = 0;
    drop_later = [&] {
      if (++rounds <= 2 * i) return loop().Post(drop_later);
      call.reset();
      dropped.set_value();
    };
    OnLoop([&] {
      call = loop().Send(Get(server.Url("/")), [](const HttpResult&) {});
      drop_later();
    });
    dropped.get_future().wait();
  }
  EXPECT_EQ(Response(Get(server.Url("/"))).body, Body());
}

}  // namespace
}  // namespace wriftai
