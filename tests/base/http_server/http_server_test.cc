#include "base/http_server/http_server.h"

#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/raw_client.h"

namespace wriftai {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Responds with method, target and body; holds requests for /held, and its
// thread for /block.
class Echo : public HttpHandler {
 public:
  void Handle(IncomingRequest request, HttpResponder responder) override {
    if (request.head.target == "/block") {
      is_blocked_.Notify();
      unblock_.WaitForNotification();
    }
    if (request.head.target == "/held") {
      held_.emplace(std::move(responder));
      is_held_.Notify();
      return;
    }
    ServerResponse response;
    response.headers = "x-a: b\r\n";
    response.body =
        request.failure.has_value()
            ? "failed"
            : absl::StrCat(request.head.method, " ", request.head.target,
                           request.body, " ", request.peer);
    if (request.head.target == "/padded") {
      response.padding_bytes = 200'000;
      response.tail = "end";
    }
    responder.Respond(std::move(response));
  }

  // Responds to /held once it has arrived.
  void Release() {
    is_held_.WaitForNotification();
    ServerResponse response;
    response.body = "late";
    held_->Respond(std::move(response));
  }

  absl::Notification is_blocked_;
  absl::Notification unblock_;
  absl::Notification is_held_;
  std::optional<HttpResponder> held_;
};

class HttpServerTest : public ::testing::Test {
 protected:
  void Start(absl::Duration timeout = absl::Minutes(10)) {
    HttpServer::Options options;
    options.listen_address = "127.0.0.1:0";
    options.timeout = timeout;
    options.keep_alive = true;
    server_ = *HttpServer::Start(options, handler_, counters_);
  }

  Echo handler_;
  ListenerCounters counters_;
  std::unique_ptr<HttpServer> server_;
};

std::string Head(const std::string& line, const std::string& headers = "") {
  return absl::StrCat(line, "\r\n", headers, "\r\n");
}

TEST_F(HttpServerTest, ServesManyRequestsPerConnection) {
  Start();
  RawClient client(server_->port());
  for (int i = 0; i < 3; ++i) {
    const auto response =
        client.Call(Head("POST /a HTTP/1.1", "content-length: 3\r\n") + "abc");
    EXPECT_EQ(response.head,
              "HTTP/1.1 200 OK\r\nx-a: b\r\ncontent-length: 20\r\n");
    EXPECT_EQ(response.body, "POST /aabc 127.0.0.1");
  }
  EXPECT_EQ(counters_.accepted, 1);
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  Start();
  RawClient client(server_->port());
  client.Send(Head("GET /held HTTP/1.1") + Head("GET /b HTTP/1.1") +
              Head("GET /c HTTP/1.1"));
  handler_.Release();
  EXPECT_EQ(client.Read().body, "late");
  EXPECT_EQ(client.Read().body, "GET /b 127.0.0.1");
  EXPECT_EQ(client.Read().body, "GET /c 127.0.0.1");
  EXPECT_FALSE(client.HasInput());
}

TEST_F(HttpServerTest, ClosesWhenClientAsksOrCannotKeepAlive) {
  Start();
  for (const std::string& request :
       {Head("GET / HTTP/1.1", "Connection: x, Close\r\n"),
        Head("GET / HTTP/1.0")}) {
    RawClient client(server_->port());
    EXPECT_THAT(client.Call(request).head,
                HasSubstr("\r\nconnection: close\r\n"));
    EXPECT_TRUE(client.Closed());
  }
}

TEST_F(HttpServerTest, ClosesAfterUnreadableRequest) {
  Start();
  for (const char* const headers :
       {"content-length: 5000000\r\n", "no colon\r\n"}) {
    RawClient client(server_->port());
    const auto response = client.Call(Head("GET / HTTP/1.1", headers));
    EXPECT_EQ(response.body, "failed");
    EXPECT_THAT(response.head, HasSubstr("\r\nconnection: close\r\n"));
    EXPECT_TRUE(client.Closed());
  }
}

TEST_F(HttpServerTest, SendsPaddingBetweenBodyAndTail) {
  Start();
  RawClient client(server_->port());
  const auto response = client.Call(Head("GET /padded HTTP/1.1"));
  EXPECT_EQ(response.body, absl::StrCat("GET /padded 127.0.0.1",
                                        std::string(200'000, 'x'), "end"));
}

TEST_F(HttpServerTest, TimeOfHandlerIsNotTimeOfClient) {
  Start(absl::Milliseconds(100));
  RawClient client(server_->port());
  client.Send(Head("GET /held HTTP/1.1"));
  handler_.is_held_.WaitForNotification();
  // Silent connections that arrive later time out first.
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(RawClient(server_->port()).Closed());
  EXPECT_FALSE(client.HasInput());
  handler_.Release();
  EXPECT_EQ(client.Read().body, "late");
}

TEST_F(HttpServerTest, ClosesIdleConnectionAfterTimeout) {
  Start(absl::Milliseconds(100));
  RawClient client(server_->port());
  EXPECT_THAT(client.Call(Head("GET /a HTTP/1.1")).head,
              Not(HasSubstr("connection: close")));
  EXPECT_TRUE(client.Closed());
}

TEST_F(HttpServerTest, EvictsIdleConnectionNotOneThatWaits) {
  HttpServer::Options options;
  options.listen_address = "127.0.0.1:0";
  options.timeout = absl::Minutes(10);
  options.keep_alive = true;
  options.max_connections = 2;
  server_ = *HttpServer::Start(options, handler_, counters_);
  RawClient held(server_->port());
  held.Send(Head("GET /held HTTP/1.1"));
  handler_.is_held_.WaitForNotification();
  RawClient idle(server_->port());
  idle.Call(Head("GET /a HTTP/1.1"));
  RawClient other(server_->port());
  EXPECT_EQ(other.Call(Head("GET /b HTTP/1.1")).body, "GET /b 127.0.0.1");
  EXPECT_TRUE(idle.Closed());
  EXPECT_EQ(counters_.evicted, 1);
  handler_.Release();
  EXPECT_EQ(held.Read().body, "late");
}

TEST_F(HttpServerTest, AnsweredRequestsHoldNoMemory) {
  HttpServer::Options options;
  options.listen_address = "127.0.0.1:0";
  options.timeout = absl::Minutes(10);
  options.max_held_bytes = 100'000;
  server_ = *HttpServer::Start(options, handler_, counters_);
  for (int i = 0; i < 20; ++i) {
    for (const std::string& request :
         {std::string(9000, 'x'),
          Head("GET / HTTP/1.1") + std::string(9000, 'x'),
          Head("POST / HTTP/1.1", "transfer-encoding: chunked\r\n") +
              "2000\r\n" + std::string(0x2000, 'x') + "\r\nfffffff\r\n"}) {
      EXPECT_NE(RawClient(server_->port()).Call(request).head, "");
    }
  }
  // Above the limit, each incomplete request would be evicted.
  RawClient client(server_->port());
  client.Send(Head("POST /a HTTP/1.1", "content-length: 4\r\n") + "ab");
  EXPECT_NE(RawClient(server_->port()).Call(Head("GET / HTTP/1.1")).head, "");
  client.Send("cd");
  EXPECT_EQ(client.Read().body, "POST /aabcd 127.0.0.1");
  EXPECT_EQ(counters_.evicted, 0);
}

TEST_F(HttpServerTest, WaitingConnectionTakesTheNextFreeSlot) {
  HttpServer::Options options;
  options.listen_address = "127.0.0.1:0";
  options.timeout = absl::Minutes(10);
  options.max_connections = 1;
  server_ = *HttpServer::Start(options, handler_, counters_);
  RawClient held(server_->port());
  held.Send(Head("GET /held HTTP/1.1"));
  handler_.is_held_.WaitForNotification();
  // Far more than have their turn if each waits for the end of a pause.
  std::vector<std::unique_ptr<RawClient>> waiting;
  for (int i = 0; i < 50; ++i) {
    waiting.push_back(std::make_unique<RawClient>(server_->port()));
    waiting.back()->Send(Head("GET /later HTTP/1.1"));
  }
  const absl::Time start = absl::Now();
  handler_.Release();
  for (const auto& client : waiting) {
    EXPECT_EQ(client->Read().body, "GET /later 127.0.0.1");
  }
  EXPECT_LT(absl::Now() - start, absl::Seconds(2));
}

absl::Duration ProcessCpuTime() {
  timespec time = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return absl::DurationFromTimespec(time);
}

TEST_F(HttpServerTest, ResetWhileRequestIsHandledTakesNoTime) {
  Start();
  RawClient blocking(server_->port());
  blocking.Send(Head("GET /block HTTP/1.1"));
  handler_.is_blocked_.WaitForNotification();
  // The request has arrived when the connection is accepted.
  RawClient client(server_->port());
  client.Send(Head("GET /held HTTP/1.1"));
  handler_.unblock_.Notify();
  blocking.Read();
  handler_.is_held_.WaitForNotification();
  client.Reset();
  const absl::Duration before = ProcessCpuTime();
  // Nothing arrives in this time.
  EXPECT_FALSE(blocking.HasInput(absl::Milliseconds(300)));
  EXPECT_LT(ProcessCpuTime() - before, absl::Milliseconds(30));
  handler_.Release();
}

TEST_F(HttpServerTest, ResponseAfterStopIsDropped) {
  Start();
  RawClient client(server_->port());
  client.Send(Head("GET /held HTTP/1.1"));
  handler_.is_held_.WaitForNotification();
  server_.reset();
  EXPECT_TRUE(client.Closed());
  handler_.Release();
}

}  // namespace
}  // namespace wriftai
