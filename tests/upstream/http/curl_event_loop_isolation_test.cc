#include <map>

#include "absl/strings/str_cat.h"
#include "tests/upstream/http/loop_test.h"
#include "tests/upstream/http/slow_resolver.h"

// A connection carries requests of one scope, and none after unsolicited input:
// RFC 9112, section 9.2, lets a client close it at once.

namespace wriftai {
namespace {

using ::testing::SizeIs;

constexpr char kSurplus[] =
    "HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\nsurplus";

// The first connection responds with `first` and then "reused", all others with
// "fresh".
RawHttpServer::Script RespondFirst(std::string first) {
  return [first = std::move(first)](RawConnection& connection) {
    const std::string rest = connection.index() == 0 ? "reused" : "fresh";
    if (connection.index() == 0) {
      if (connection.ReadRequest().empty()) return;
      if (!connection.Send(first)) return;
    }
    RawHttpServer::RespondToEach(RawHttpServer::Response("200 OK", rest))(
        connection);
  };
}

class CurlEventLoopIsolationTest : public LoopTest {
 protected:
  static HttpRequest InScope(std::string scope, HttpRequest request) {
    request.connection_scope = std::move(scope);
    return request;
  }
};

TEST_F(CurlEventLoopIsolationTest, ScopesDoNotShareConnections) {
  RawHttpServer server(
      RawHttpServer::RespondToEach(RawHttpServer::Response("200 OK", "b")));
  for (const char* scope : {"a", "b", "a", "b", ""}) {
    EXPECT_EQ(Response(InScope(scope, Get(server.Url("/")))).body, "b");
  }
  EXPECT_EQ(server.connections(), 3);
  ConnectionStats stats;
  OnLoop([&] { stats = loop().connection_stats(); });
  EXPECT_EQ(stats.open, 3);
  EXPECT_EQ(stats.opened, 3);
  EXPECT_EQ(stats.limit, options().max_connections);
}

TEST_F(CurlEventLoopIsolationTest, OriginsDoNotShareConnections) {
  const auto script =
      RawHttpServer::RespondToEach(RawHttpServer::Response("200 OK", "b"));
  RawHttpServer one(script);
  RawHttpServer other(script);
  for (int i = 0; i < 2; ++i) {
    Response(Get(one.Url("/")));
    Response(Get(other.Url("/")));
  }
  EXPECT_EQ(one.connections(), 1);
  EXPECT_EQ(other.connections(), 1);
}

// On commit aba7da6, an attack delivered it to the next request.
TEST_F(CurlEventLoopIsolationTest,
       SurplusResponseOnIdleConnectionIsNotDelivered) {
  RawHttpServer server([](RawConnection& connection) {
    connection.ReadRequest();
    connection.Send(RawHttpServer::Response("200 OK", "own"));
    if (connection.index() == 0) {
      connection.WaitForRelease();
      connection.Send(kSurplus);
    }
    connection.WaitForDisconnect();
  });
  EXPECT_EQ(Response(Get(server.Url("/"))).body, "own");
  server.Release();
  ASSERT_TRUE(server.WaitForSends(2));
  EXPECT_EQ(Response(Get(server.Url("/"))).body, "own");
  EXPECT_EQ(server.connections(), 2);
}

// If a connection is dropped while connecting, libcurl closes its socket
// without a callback. It counted as open, and every later request for that
// origin reconnected, about a thousand times per second.
TEST_F(CurlEventLoopIsolationTest,
       RequestDroppedWhileConnectingLeavesNoConnection) {
  RawHttpServer server(
      RawHttpServer::RespondToEach(RawHttpServer::Response("200 OK", "b")),
      RawHttpServer::Start::kNotAccepting);
  CallHandle call;
  OnLoop([&] {
    call = loop().Send(Get(server.Url("/")), [](const HttpResult&) {});
  });
  // The loop starts to connect before it runs the next posted task.
  OnLoop([&] { call.reset(); });
  server.Listen();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Response(Get(server.Url("/"))).body, "b");
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(CurlEventLoopIsolationTest, SurplusResponseDoesNotFailPost) {
  RawHttpServer server([](RawConnection& connection) {
    connection.ReadRequest();
    connection.Send(RawHttpServer::Response("200 OK", "own"));
    if (connection.index() == 0) {
      connection.WaitForRelease();
      connection.Send(kSurplus);
    }
    connection.WaitForDisconnect();
  });
  EXPECT_EQ(Response(Get(server.Url("/"))).body, "own");
  server.Release();
  ASSERT_TRUE(server.WaitForSends(2));
  EXPECT_EQ(Response(Post(server.Url("/"), "b")).body, "own");
  EXPECT_THAT(server.requests(), SizeIs(2));
}

struct Surplus {
  const char* name;
  std::string first;
  std::string body;

  friend std::ostream& operator<<(std::ostream& out, const Surplus& surplus) {
    return out << surplus.name;
  }
};

class CurlEventLoopSurplusTest : public CurlEventLoopIsolationTest,
                                 public testing::WithParamInterface<Surplus> {};

TEST_P(CurlEventLoopSurplusTest, ConnectionWithInputAfterResponseIsNotReused) {
  RawHttpServer server(RespondFirst(GetParam().first));
  EXPECT_EQ(Response(Get(server.Url("/"))).body, GetParam().body);
  EXPECT_EQ(Response(Get(server.Url("/"))).body, "fresh");
  EXPECT_EQ(Response(Post(server.Url("/"), "b")).body, "fresh");
  EXPECT_EQ(server.connections(), 2);
}

TEST_P(CurlEventLoopSurplusTest,
       TlsConnectionWithInputAfterResponseIsNotReused) {
  const TlsIdentity identity = MakeTlsIdentity("localhost");
  Trust(identity);
  RawHttpServer server(RespondFirst(GetParam().first), identity);
  EXPECT_EQ(Response(Get(server.Url("/", "localhost"))).body, GetParam().body);
  EXPECT_EQ(Response(Get(server.Url("/", "localhost"))).body, "fresh");
  EXPECT_EQ(server.connections(), 2);
}

std::string Chunked(const std::string& body) {
  return absl::StrCat("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
                      absl::Hex(body.size()), "\r\n", body, "\r\n0\r\n\r\n");
}

// libcurl reads 16 KiB at a time. Bodies end before, at and after that.
const std::string& Body(size_t size) {
  static std::map<size_t, std::string> bodies;
  return bodies.try_emplace(size, std::string(size, 'x')).first->second;
}

std::string Sized(const std::string& body) {
  return RawHttpServer::Response("200 OK", body);
}

INSTANTIATE_TEST_SUITE_P(
    All, CurlEventLoopSurplusTest,
    testing::Values(
        Surplus{"Response", Sized("own") + kSurplus, "own"},
        Surplus{"OneByte", Sized("own") + "x", "own"},
        Surplus{"LineBreak", Sized("own") + "\r\n", "own"},
        Surplus{"EmptyBody", Sized("") + kSurplus, ""},
        Surplus{"NoContent",
                std::string("HTTP/1.1 204 No Content\r\n\r\n") + kSurplus, ""},
        Surplus{"NotModified",
                std::string("HTTP/1.1 304 Not Modified\r\n\r\n") + kSurplus,
                ""},
        Surplus{"LongBody", Sized(Body(16300)) + kSurplus, Body(16300)},
        Surplus{"LongerBody", Sized(Body(20000)) + kSurplus, Body(20000)},
        Surplus{"Chunked", Chunked("own") + kSurplus, "own"},
        Surplus{"ChunkedByte", Chunked("own") + "x", "own"},
        Surplus{"ChunkedLong", Chunked(Body(16200)) + kSurplus, Body(16200)},
        Surplus{"ChunkedLonger", Chunked(Body(40000)) + kSurplus, Body(40000)}),
    [](const auto& test) { return test.param.name; });

TEST_F(CurlEventLoopIsolationTest,
       ConnectionWithoutInputAfterResponseIsReused) {
  for (const std::string& first : {Sized("own"), Chunked("own"), Sized("")}) {
    RawHttpServer server(RespondFirst(first));
    Response(Get(server.Url("/")));
    EXPECT_EQ(Response(Get(server.Url("/"))).body, "reused");
    EXPECT_EQ(server.connections(), 1);
  }
}

TEST_F(CurlEventLoopIsolationTest, RetiredConnectionsAreNotReused) {
  RawHttpServer server(
      RawHttpServer::RespondToEach(RawHttpServer::Response("200 OK", "b")));
  for (const char* scope : {"a", "ab"}) {
    Response(InScope(scope, Get(server.Url("/"))));
  }
  OnLoop([&] { loop().RetireConnections("a"); });
  Response(InScope("ab", Get(server.Url("/"))));
  EXPECT_EQ(server.connections(), 2);
  Response(InScope("a", Get(server.Url("/"))));
  EXPECT_EQ(server.connections(), 3);
}

TEST_F(CurlEventLoopIsolationTest,
       ClosesLeastRecentlyUsedIdleConnectionAtLimit) {
  options().max_connections = 2;
  RawHttpServer server(
      RawHttpServer::RespondToEach(RawHttpServer::Response("200 OK", "b")));
  for (const char* scope : {"a", "b", "a"}) {
    Response(InScope(scope, Get(server.Url("/"))));
  }
  EXPECT_EQ(server.connections(), 2);
  Response(InScope("c", Get(server.Url("/"))));  // Replaces the one of b.
  EXPECT_TRUE(server.WaitForDisconnects(1));
  Response(InScope("a", Get(server.Url("/"))));
  EXPECT_EQ(server.connections(), 3);
  Response(InScope("b", Get(server.Url("/"))));
  EXPECT_EQ(server.connections(), 4);
}

TEST_F(CurlEventLoopIsolationTest, ClosesIdleConnectionAfterMaxIdle) {
  options().max_idle = absl::Milliseconds(20);
  RawHttpServer server(
      RawHttpServer::RespondToEach(RawHttpServer::Response("200 OK", "b")));
  Response(Get(server.Url("/")));
  EXPECT_TRUE(server.WaitForDisconnects(1));
  ConnectionStats stats;
  OnLoop([&] { stats = loop().connection_stats(); });
  EXPECT_EQ(stats.open, 0);
  EXPECT_EQ(stats.opened, 1);
}

// On commit aba7da6, the old address was still used 210 s after a move.
TEST_F(CurlEventLoopIsolationTest, ConnectionIsNotReusedBeyondMaxAge) {
  options().max_connection_age = absl::ZeroDuration();
  RawHttpServer server(
      RawHttpServer::RespondToEach(RawHttpServer::Response("200 OK", "b")));
  Response(Get(server.Url("/")));
  Response(Get(server.Url("/")));
  EXPECT_EQ(server.connections(), 2);
  EXPECT_TRUE(server.WaitForDisconnects(2));
}

TEST_F(CurlEventLoopIsolationTest, AddressIsResolvedAgainAfterDnsCacheExpires) {
  RawHttpServer server(
      RawHttpServer::RespondToEach(RawHttpServer::Response("200 OK", "b")));
  options().max_connection_age = absl::ZeroDuration();
  for (const auto& [age, lookups] :
       {std::pair(absl::ZeroDuration(), 2), std::pair(absl::Hours(1), 1)}) {
    options().dns_cache = age;
    const int before = CountedLookups();
    Response(Get(server.Url("/", kCountedName)));
    Response(Get(server.Url("/", kCountedName)));
    EXPECT_EQ(CountedLookups() - before, lookups) << age;
    StopLoop();
  }
}

}  // namespace
}  // namespace wriftai
