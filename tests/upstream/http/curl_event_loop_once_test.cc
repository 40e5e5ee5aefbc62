#include <atomic>

#include "tests/upstream/http/loop_test.h"

namespace wriftai {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

// Requests that libcurl would resend by itself.
class CurlEventLoopOnceTest : public LoopTest {
 protected:
  // Responds to the first request and keeps the connection. Reads the second
  // one and closes without a response. Requests on other connections succeed,
  // so a resent request would be seen.
  static void CloseOnReuse(RawConnection& connection) {
    const std::string response = RawHttpServer::Response("200 OK", "fine");
    if (connection.index() > 0) {
      RawHttpServer::RespondToEach(response)(connection);
      return;
    }
    connection.ReadRequest();
    connection.Send(response);
    connection.ReadRequest();
  }

  // Sends `request` on a reused connection, then waits until nothing more can
  // arrive.
  HttpResult FetchOnReuse(HttpRequest request) {
    EXPECT_EQ(Response(Get(request.url)).body, "fine");
    HttpResult result = Fetch(std::move(request));
    StopLoop();
    EXPECT_TRUE(server_.connections() == 1 || server_.WaitForDisconnects(1));
    return result;
  }

  RawHttpServer server_{CloseOnReuse};
};

TEST_F(CurlEventLoopOnceTest, DoesNotResendPostWhenReusedConnectionCloses) {
  const HttpResult result = FetchOnReuse(Post(server_.Url("/"), "only once"));
  EXPECT_THAT(server_.requests(), SizeIs(2));
  EXPECT_THAT(server_.requests().back(), HasSubstr("only once"));
  const auto& failure = std::get<TransportFailure>(result);
  EXPECT_THAT(failure, FailsAs(Kind::kInterrupted, true));
  EXPECT_EQ(
      failure.message,
      "the connection closed before a response; a POST is never sent twice");
}

TEST_F(CurlEventLoopOnceTest, DoesNotResendEmptyPost) {
  const HttpResult result = FetchOnReuse(Post(server_.Url("/cancel"), ""));
  EXPECT_THAT(server_.requests(), SizeIs(2));
  EXPECT_THAT(std::get<TransportFailure>(result),
              FailsAs(Kind::kInterrupted, true));
}

TEST_F(CurlEventLoopOnceTest, DoesNotResendLargePost) {
  const HttpResult result =
      FetchOnReuse(Post(server_.Url("/"), std::string(5000000, 'x')));
  EXPECT_THAT(server_.requests(), SizeIs(2));
  EXPECT_THAT(std::get<TransportFailure>(result),
              FailsAs(Kind::kInterrupted, true));
}

TEST_F(CurlEventLoopOnceTest, MayResendGet) {
  const HttpResult result = FetchOnReuse(Get(server_.Url("/")));
  EXPECT_EQ(std::get<HttpResponse>(result).body, "fine");
  EXPECT_THAT(server_.requests(), SizeIs(3));
}

// Minimal HTTP/2 server: reads each request completely and refuses its stream,
// which allows the client to retry.
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

TEST_F(CurlEventLoopOnceHttp2Test, DoesNotResendPostWhenStreamIsRefused) {
  for (const char* body : {"only once", ""}) {
    const int before = refuser_.requests();
    EXPECT_THAT(Failure(Post(server_.Url("/", "localhost"), body)),
                FailsAs(Kind::kInterrupted, true));
    EXPECT_EQ(refuser_.requests(), before + 1);
  }
}

// Shows that this server does cause resends, which the test above rules out.
TEST_F(CurlEventLoopOnceHttp2Test, ResendsGetWhenStreamIsRefused) {
  EXPECT_THAT(Failure(Get(server_.Url("/", "localhost"))),
              FailsAs(Kind::kInterrupted, true));
  EXPECT_GT(refuser_.requests(), 1);
}

}  // namespace
}  // namespace wriftai
