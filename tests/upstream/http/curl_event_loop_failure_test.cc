#include "tests/upstream/http/loop_test.h"
#include "tests/upstream/http/slow_resolver.h"

namespace wriftai {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class CurlEventLoopFailureTest : public LoopTest {
 protected:
  // Reads the request, sends `bytes`, then closes or resets the connection.
  static RawHttpServer::Script SendThenClose(std::string bytes) {
    return [bytes = std::move(bytes)](RawConnection& connection) {
      connection.ReadRequest();
      connection.Send(bytes);
    };
  }
  static RawHttpServer::Script SendThenReset(std::string bytes) {
    return [bytes = std::move(bytes)](RawConnection& connection) {
      connection.ReadRequest();
      connection.Send(bytes);
      connection.Reset();
    };
  }
  static void NeverRespond(RawConnection& connection) {
    connection.ReadRequest();
    connection.WaitForDisconnect();
  }
};

TEST_F(CurlEventLoopFailureTest, TruncatedBodyIsInterrupted) {
  RawHttpServer server(
      SendThenClose("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"));
  EXPECT_THAT(Failure(Get(server.Url("/"))), FailsAs(Kind::kInterrupted, true));
}

TEST_F(CurlEventLoopFailureTest, TruncatedChunkedBodyIsInterrupted) {
  RawHttpServer server(SendThenClose(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"));
  EXPECT_THAT(Failure(Get(server.Url("/"))), FailsAs(Kind::kInterrupted, true));
}

TEST_F(CurlEventLoopFailureTest, TruncatedHeadersAreInterrupted) {
  RawHttpServer server(SendThenClose("HTTP/1.1 200 OK\r\nContent-Le"));
  EXPECT_THAT(Failure(Get(server.Url("/"))), FailsAs(Kind::kInterrupted, true));
}

TEST_F(CurlEventLoopFailureTest, ResetBeforeResponseIsInterrupted) {
  RawHttpServer server(SendThenReset(""));
  EXPECT_THAT(Failure(Post(server.Url("/"), "b")),
              FailsAs(Kind::kInterrupted, true));
}

TEST_F(CurlEventLoopFailureTest, ResetDuringResponseIsInterrupted) {
  RawHttpServer server(
      SendThenReset("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"));
  EXPECT_THAT(Failure(Get(server.Url("/"))), FailsAs(Kind::kInterrupted, true));
}

TEST_F(CurlEventLoopFailureTest, EmptyResponseIsInterrupted) {
  RawHttpServer server(SendThenClose(""));
  EXPECT_THAT(Failure(Post(server.Url("/"), "b")),
              FailsAs(Kind::kInterrupted, true));
}

TEST_F(CurlEventLoopFailureTest, NonHttpResponseIsProtocolError) {
  RawHttpServer server(SendThenClose("SSH-2.0-OpenSSH_9.2\r\n\r\n"));
  EXPECT_THAT(Failure(Get(server.Url("/"))), FailsAs(Kind::kProtocol, true));
}

TEST_F(CurlEventLoopFailureTest, MessageIsPrintableWithAnyResponse) {
  RawHttpServer server(
      SendThenClose("HTTP/1.1 200 OK\r\nContent-Encoding: \xff\xfe\x01\r\n"
                    "Content-Length: 1\r\n\r\nx"));
  for (const char c : Failure(Get(server.Url("/"))).message) {
    EXPECT_TRUE(c >= ' ' && c <= '~') << static_cast<int>(c);
  }
}

TEST_F(CurlEventLoopFailureTest, RefusedConnectionHasSentNothing) {
  int port = 0;
  {
    port = RawHttpServer([](RawConnection&) {}).port();
  }
  EXPECT_THAT(
      Failure(Post("http://127.0.0.1:" + std::to_string(port) + "/", "b")),
      FailsAs(Kind::kConnect, false));
}

TEST_F(CurlEventLoopFailureTest, UnknownHostHasSentNothing) {
  EXPECT_THAT(Failure(Get("http://no-such-host.invalid/")),
              FailsAs(Kind::kConnect, false));
}

TEST_F(CurlEventLoopFailureTest, TimeoutBeforeResponseMayHaveSent) {
  RawHttpServer server(NeverRespond);
  const TransportFailure failure =
      Failure(Within(absl::Milliseconds(200), Post(server.Url("/"), "b")));
  EXPECT_THAT(failure, FailsAs(Kind::kTimeout, true));
  EXPECT_EQ(failure.message, "no complete response within 200ms");
  EXPECT_TRUE(server.WaitForDisconnects(1));
}

TEST_F(CurlEventLoopFailureTest, TimeoutDuringResponseMayHaveSent) {
  RawHttpServer server([](RawConnection& connection) {
    connection.ReadRequest();
    connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    connection.WaitForDisconnect();
  });
  EXPECT_THAT(Failure(Within(absl::Milliseconds(200), Get(server.Url("/")))),
              FailsAs(Kind::kTimeout, true));
}

// With one epoll set, libcurl waited for half of the time for connecting.
TEST_F(CurlEventLoopFailureTest, TriesNextAddressOnceConnectionIsRefused) {
  options().connect_timeout = absl::Minutes(10);
  auto refusing = std::make_unique<RawHttpServer>(
      &NeverRespond, RawHttpServer::Start::kNotAccepting);
  RawHttpServer next(
      RawHttpServer::RespondToEach(RawHttpServer::Response("200 OK", "next")),
      refusing->port());
  std::future<HttpResponse> response = std::async(std::launch::async, [&] {
    return Response(Get(next.Url("/", kTwoAddressesName)));
  });
  ASSERT_TRUE(refusing->WaitForAttempt());
  refusing.reset();
  EXPECT_EQ(response.get().body, "next");
}

// A TLS handshake without a response keeps the connection attempt open.
TEST_F(CurlEventLoopFailureTest, TimeoutWhileConnectingHasSentNothing) {
  RawHttpServer server(
      [](RawConnection& connection) { connection.WaitForDisconnect(); });
  const std::string url = "https://127.0.0.1:" + std::to_string(server.port());
  EXPECT_THAT(Failure(Within(absl::Milliseconds(200), Post(url, "b"))),
              FailsAs(Kind::kTimeout, false));
}

TEST_F(CurlEventLoopFailureTest, ConnectTimeoutIsConnectFailure) {
  options().connect_timeout = absl::Milliseconds(200);
  RawHttpServer server(
      [](RawConnection& connection) { connection.WaitForDisconnect(); });
  const std::string url = "https://127.0.0.1:" + std::to_string(server.port());
  EXPECT_THAT(Failure(Post(url, "b")), FailsAs(Kind::kConnect, false));
}

TEST_F(CurlEventLoopFailureTest,
       TimeoutWhileWaitingForConnectionHasSentNothing) {
  options().max_connections = 1;
  RawHttpServer server([](RawConnection& connection) {
    connection.ReadRequest();
    connection.WaitForRelease();
    connection.Send(RawHttpServer::Response("200 OK", "first"));
  });
  std::promise<HttpResult> first;
  CallHandle call;
  OnLoop([&] {
    call = loop().Send(Get(server.Url("/1")), [&](HttpResult result) {
      first.set_value(std::move(result));
    });
  });
  ASSERT_TRUE(server.WaitForRequests(1));
  EXPECT_THAT(Failure(Within(absl::Milliseconds(100), Get(server.Url("/2")))),
              FailsAs(Kind::kTimeout, false));
  server.Release();
  EXPECT_EQ(std::get<HttpResponse>(first.get_future().get()).body, "first");
  EXPECT_THAT(server.requests(), SizeIs(1));
  OnLoop([&] { call.reset(); });
}

TEST_F(CurlEventLoopFailureTest, ZeroTimeoutSendsNothing) {
  RawHttpServer server(NeverRespond);
  for (const absl::Duration timeout :
       {absl::ZeroDuration(), -absl::Seconds(1), -absl::InfiniteDuration()}) {
    EXPECT_THAT(Failure(Within(timeout, Get(server.Url("/")))),
                FailsAs(Kind::kTimeout, false));
  }
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(CurlEventLoopFailureTest, InvalidRequestSendsNothing) {
  RawHttpServer server(NeverRespond);
  HttpRequest request = Get(server.Url("/"));
  request.headers = {{"a", "b\r\nc: d"}};
  const TransportFailure failure = Failure(request);
  EXPECT_THAT(failure, FailsAs(Kind::kInvalidRequest, false));
  EXPECT_EQ(failure.message, "a: must not contain CR, LF or NUL");
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(CurlEventLoopFailureTest, RequestsBeyondLimitFailUnsent) {
  options().max_requests = 1;
  RawHttpServer server(NeverRespond);
  CallHandle first;
  OnLoop([&] {
    first = loop().Send(Get(server.Url("/")), [](const HttpResult&) {});
  });
  const TransportFailure failure = Failure(Get(server.Url("/")));
  EXPECT_THAT(failure, FailsAs(Kind::kConnect, false));
  EXPECT_EQ(failure.message, "too many upstream requests in progress (1)");
  OnLoop([&] { first.reset(); });
}

TEST_F(CurlEventLoopFailureTest, MessageDoesNotContainBearer) {
  RawHttpServer server([](RawConnection& connection) {
    connection.Read(1);
    connection.Send("nonsense\r\n\r\n");
  });
  for (HttpRequest request :
       {Get(server.Url("/")), Get("http://no-such-host.invalid/"),
        Get("https://127.0.0.1:" + std::to_string(server.port()) + "/")}) {
    request.bearer = Secret("s3cr3t");
    EXPECT_THAT(Failure(request).message, Not(HasSubstr("s3cr3t")));
  }
}

}  // namespace
}  // namespace wriftai
