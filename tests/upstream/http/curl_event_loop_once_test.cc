#include <atomic>

#include "tests/upstream/http/loop_test.h"

namespace wriftai {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

// What libcurl would send again by itself.
class CurlEventLoopOnceTest : public LoopTest {
 protected:
  // Answers the first request and keeps the connection; takes the second one
  // and hangs up without a byte. Whatever comes on other connections is
  // answered, so that a copy would be seen, and would succeed.
  static void DieOnReuse(RawConnection& connection) {
    const std::string response = RawHttpServer::Response("200 OK", "fine");
    if (connection.index() > 0) {
      RawHttpServer::RespondToEach(response)(connection);
      return;
    }
    connection.ReadRequest();
    connection.Send(response);
    connection.ReadRequest();
  }

  // Sends `request` over a connection that was used before; then waits until
  // nothing can arrive any more.
  HttpResult FetchOnReuse(HttpRequest request) {
    EXPECT_EQ(Response(Get(request.url)).body, "fine");
    HttpResult result = Fetch(std::move(request));
    StopLoop();
    EXPECT_TRUE(server_.connections() == 1 || server_.WaitForDisconnects(1));
    return result;
  }

  RawHttpServer server_{DieOnReuse};
};

TEST_F(CurlEventLoopOnceTest, APostIsNotSentAgainWhenAReusedConnectionDies) {
  const HttpResult result = FetchOnReuse(Post(server_.Url("/"), "only once"));
  EXPECT_THAT(server_.requests(), SizeIs(2));
  EXPECT_THAT(server_.requests().back(), HasSubstr("only once"));
  const auto& failure = std::get<TransportFailure>(result);
  EXPECT_THAT(failure, FailsAs(Kind::kInterrupted, true));
  EXPECT_EQ(
      failure.message,
      "the connection closed before a response; a POST is never sent twice");
}

TEST_F(CurlEventLoopOnceTest, AnEmptyPostIsNotSentAgainEither) {
  const HttpResult result = FetchOnReuse(Post(server_.Url("/cancel"), ""));
  EXPECT_THAT(server_.requests(), SizeIs(2));
  EXPECT_THAT(std::get<TransportFailure>(result),
              FailsAs(Kind::kInterrupted, true));
}

TEST_F(CurlEventLoopOnceTest, ALargePostIsNotSentAgainEither) {
  const HttpResult result =
      FetchOnReuse(Post(server_.Url("/"), std::string(5000000, 'x')));
  EXPECT_THAT(server_.requests(), SizeIs(2));
  EXPECT_THAT(std::get<TransportFailure>(result),
              FailsAs(Kind::kInterrupted, true));
}

TEST_F(CurlEventLoopOnceTest, AGetMayBeSentAgain) {
  const HttpResult result = FetchOnReuse(Get(server_.Url("/")));
  EXPECT_EQ(std::get<HttpResponse>(result).body, "fine");
  EXPECT_THAT(server_.requests(), SizeIs(3));
}

// Minimal HTTP/2: takes each request whole and refuses its stream, which
// tells a client that it may try again.
class StreamRefuser {
 public:
  void Serve(RawConnection& connection) {
    connection.Read(24);  // The preface.
    connection.Send(Frame(kSettings, 0, 0, ""));
    for (;;) {
      const std::string head = connection.Read(9);
      if (head.size() < 9) return;
      connection.Read(Byte(head, 0) << 16 | Byte(head, 1) << 8 | Byte(head, 2));
      const size_t type = Byte(head, 3);
      const size_t flags = Byte(head, 4);
      if (type == kHeaders) ++requests_;
      if (type == kSettings && (flags & kAck) == 0) {
        connection.Send(Frame(kSettings, kAck, 0, ""));
      }
      if ((type == kHeaders || type == kData) && (flags & kEndStream) != 0) {
        connection.Send(Frame(kResetStream, 0, Byte(head, 8),
                              std::string("\0\0\0\x07", 4)));
      }
    }
  }

  int requests() const { return requests_; }

 private:
  static constexpr size_t kData = 0, kHeaders = 1, kResetStream = 3,
                          kSettings = 4;
  static constexpr size_t kEndStream = 1, kAck = 1;

  static size_t Byte(const std::string& bytes, size_t at) {
    return static_cast<unsigned char>(bytes[at]);
  }
  static std::string Frame(size_t type, size_t flags, size_t stream,
                           const std::string& payload) {
    const std::string head = {0,
                              0,
                              static_cast<char>(payload.size()),
                              static_cast<char>(type),
                              static_cast<char>(flags),
                              0,
                              0,
                              0,
                              static_cast<char>(stream)};
    return head + payload;
  }

  std::atomic<int> requests_{0};
};

class CurlEventLoopOnceHttp2Test : public LoopTest {
 protected:
  CurlEventLoopOnceHttp2Test() { Trust(identity_); }

  const TlsIdentity identity_ = MakeTlsIdentity("localhost");
  StreamRefuser refuser_;
  RawHttpServer server_{
      [this](RawConnection& connection) { refuser_.Serve(connection); },
      identity_, "h2"};
};

TEST_F(CurlEventLoopOnceHttp2Test, APostIsNotSentAgainWhenItsStreamIsRefused) {
  for (const char* body : {"only once", ""}) {
    const int before = refuser_.requests();
    EXPECT_THAT(Failure(Post(server_.Url("/", "localhost"), body)),
                FailsAs(Kind::kInterrupted, true));
    EXPECT_EQ(refuser_.requests(), before + 1);
  }
}

// That the server above does provoke what the test above forbids.
TEST_F(CurlEventLoopOnceHttp2Test, AGetWhoseStreamIsRefusedIsSentAgain) {
  EXPECT_THAT(Failure(Get(server_.Url("/", "localhost"))),
              FailsAs(Kind::kInterrupted, true));
  EXPECT_GT(refuser_.requests(), 1);
}

}  // namespace
}  // namespace wriftai
