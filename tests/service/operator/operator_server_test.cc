#include "service/operator/operator_server.h"

#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/raw_client.h"
#include "tests/support/status_matchers.h"

namespace wriftai {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class OperatorServerTest : public ::testing::Test {
 protected:
  OperatorServerTest() {
    auto server = OperatorServer::Start(
        "127.0.0.1:0",
        {{"/page",
          [](absl::string_view query) {
            return OperatorServer::Reply{200, absl::StrCat("text", query, "\n"),
                                         "a/b", "x-more: yes\r\n"};
          }},
         {"/broken",
          [](absl::string_view) {
            return OperatorServer::Reply{503, "why\n"};
          }},
         {"/slow",
          [this](absl::string_view) {
            slow_started_.Notify();
            slow_may_end_.WaitForNotification();
            return OperatorServer::Reply{200, "late\n"};
          }}},
        options_, counters_);
    EXPECT_THAT(server, IsOk());
    server_ = *std::move(server);
  }

  RawClient::Reply Call(absl::string_view bytes) const {
    return RawClient(server_->port()).Call(bytes);
  }
  RawClient::Reply Call(absl::string_view method, absl::string_view path) {
    return Call(
        absl::StrCat(method, " ", path, " HTTP/1.1\r\nhost: h\r\n\r\n"));
  }

  const OperatorServer::Options options_;
  ListenerCounters counters_;
  absl::Notification slow_started_;
  absl::Notification slow_may_end_;
  std::unique_ptr<OperatorServer> server_;
};

TEST_F(OperatorServerTest, AnswersAGetWithThePage) {
  for (const char* query : {"", "a=b", "a=b&%20?c"}) {
    const RawClient::Reply reply = Call("GET", absl::StrCat("/page?", query));
    EXPECT_THAT(reply.head, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(reply.head, HasSubstr("content-type: a/b\r\n"));
    EXPECT_THAT(reply.head, HasSubstr("x-more: yes\r\n"));
    EXPECT_EQ(reply.body, absl::StrCat("text", query, "\n"));
  }
  EXPECT_EQ(Call("GET", "/page").body, "text\n");
}

TEST_F(OperatorServerTest, AnswersAHeadWithoutTheBody) {
  RawClient client(server_->port());
  client.Send("HEAD /page HTTP/1.1\r\nhost: h\r\n\r\n");
  const RawClient::Reply reply = client.Read();
  EXPECT_THAT(reply.head, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(reply.head, HasSubstr("content-length: 5\r\n"));
  EXPECT_EQ(reply.body, "");
  EXPECT_TRUE(client.Closed());
}

TEST_F(OperatorServerTest, KeepsThePagesOwnStatus) {
  const RawClient::Reply reply = Call("GET", "/broken");
  EXPECT_THAT(reply.head, StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_EQ(reply.body, "why\n");
}

TEST_F(OperatorServerTest, AnotherPathIsNotFoundAndTheReplySaysWhatThereIs) {
  for (const char* path :
       {"/", "/page/", "/pag", "/Page", "/../page", "/page%20"}) {
    EXPECT_THAT(Call("GET", path).head,
                StartsWith("HTTP/1.1 404 Not Found\r\n"))
        << path;
  }
  EXPECT_EQ(Call("GET", "/").body, "there are:\n/broken\n/page\n/slow\n");
}

TEST_F(OperatorServerTest, WhatIsMeantForAProxyIsABadRequest) {
  for (const char* target : {"*", "http://h/page"}) {
    EXPECT_THAT(Call("GET", target).head,
                StartsWith("HTTP/1.1 400 Bad Request\r\n"))
        << target;
  }
  EXPECT_EQ(Call("GET", "/page").body, "text\n");
}

TEST_F(OperatorServerTest, AnotherMethodIsNotAllowed) {
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"}) {
    const RawClient::Reply reply = Call(method, "/page");
    EXPECT_THAT(reply.head, StartsWith("HTTP/1.1 405 Method Not Allowed\r\n"))
        << method;
    EXPECT_THAT(reply.head, HasSubstr("allow: GET, HEAD\r\n"));
    EXPECT_EQ(reply.body, "wanted GET or HEAD\n");
  }
}

TEST_F(OperatorServerTest, AnswersBeforeABodyThatNeverComes) {
  const RawClient::Reply reply =
      Call("POST /page HTTP/1.1\r\nhost: h\r\ncontent-length: 1000000\r\n\r\n");
  EXPECT_THAT(reply.head, StartsWith("HTTP/1.1 405 "));
}

TEST_F(OperatorServerTest, WhatIsNotHttpIsABadRequest) {
  const RawClient::Reply reply = Call("hello\r\n\r\n");
  EXPECT_THAT(reply.head, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_EQ(reply.body, "Bad Request\n");
}

TEST_F(OperatorServerTest, AHeadOfManyKilobytesIsRefused) {
  const RawClient::Reply reply = Call(absl::StrCat(
      "GET /page HTTP/1.1\r\nhost: h\r\nx: ", std::string(100'000, 'x'),
      "\r\n\r\n"));
  EXPECT_THAT(reply.head, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
}

TEST_F(OperatorServerTest, TakesOneRequestOfAConnection) {
  RawClient client(server_->port());
  const RawClient::Reply reply =
      client.Call("GET /page HTTP/1.1\r\nhost: h\r\n\r\n");
  EXPECT_THAT(reply.head, HasSubstr("connection: close\r\n"));
  EXPECT_TRUE(client.Closed());
}

TEST_F(OperatorServerTest, APageThatTakesLongDoesNotHoldUpTheOthers) {
  RawClient slow(server_->port());
  slow.Send("GET /slow HTTP/1.1\r\nhost: h\r\n\r\n");
  slow_started_.WaitForNotification();
  EXPECT_EQ(Call("GET", "/page").body, "text\n");
  slow_may_end_.Notify();
  EXPECT_EQ(slow.Read().body, "late\n");
}

TEST_F(OperatorServerTest, EndsOnlyWhenThePagesHaveBeenMade) {
  RawClient slow(server_->port());
  slow.Send("GET /slow HTTP/1.1\r\nhost: h\r\n\r\n");
  slow_started_.WaitForNotification();
  absl::Notification ended;
  std::thread stopper([&] {
    server_.reset();
    ended.Notify();
  });
  EXPECT_TRUE(slow.Closed());  // The end has begun.
  EXPECT_FALSE(ended.HasBeenNotified());
  slow_may_end_.Notify();
  stopper.join();
}

TEST_F(OperatorServerTest, EndsWithConnectionsOpen) {
  RawClient client(server_->port());
  client.Send("GET /pa");
  server_.reset();
  EXPECT_TRUE(client.Closed());
}

TEST_F(OperatorServerTest, APortThatIsTakenIsAnErrorAtStart) {
  const std::string address = absl::StrCat("127.0.0.1:", server_->port());
  EXPECT_THAT(OperatorServer::Start(address, {}, options_, counters_),
              StatusIs(absl::StatusCode::kUnavailable,
                       absl::StrCat("cannot listen on ", address,
                                    ": Address already in use")));
}

}  // namespace
}  // namespace wriftai
