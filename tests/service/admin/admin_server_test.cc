#include "service/admin/admin_server.h"

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

class AdminServerTest : public ::testing::Test {
 protected:
  AdminServerTest() {
    auto server = AdminServer::Start(
        "127.0.0.1:0",
        {{"/page",
          [](absl::string_view query) {
            return AdminServer::Response{200, absl::StrCat("text", query, "\n"),
                                         "a/b", "x-more: yes\r\n"};
          }},
         {"/broken",
          [](absl::string_view) {
            return AdminServer::Response{503, "why\n"};
          }},
         {"/slow",
          [this](absl::string_view) {
            slow_started_.Notify();
            slow_may_end_.WaitForNotification();
            return AdminServer::Response{200, "late\n"};
          }}},
        options_, counters_);
    EXPECT_THAT(server, IsOk());
    server_ = *std::move(server);
  }

  RawClient::Response Call(absl::string_view bytes) const {
    return RawClient(server_->port()).Call(bytes);
  }
  RawClient::Response Call(absl::string_view method, absl::string_view path) {
    return Call(
        absl::StrCat(method, " ", path, " HTTP/1.1\r\nhost: h\r\n\r\n"));
  }

  const AdminServer::Options options_;
  ListenerCounters counters_;
  absl::Notification slow_started_;
  absl::Notification slow_may_end_;
  std::unique_ptr<AdminServer> server_;
};

TEST_F(AdminServerTest, ServesPageForGet) {
  for (const char* query : {"", "a=b", "a=b&%20?c"}) {
    const RawClient::Response response =
        Call("GET", absl::StrCat("/page?", query));
    EXPECT_THAT(response.head, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(response.head, HasSubstr("content-type: a/b\r\n"));
    EXPECT_THAT(response.head, HasSubstr("x-more: yes\r\n"));
    EXPECT_EQ(response.body, absl::StrCat("text", query, "\n"));
  }
  EXPECT_EQ(Call("GET", "/page").body, "text\n");
}

TEST_F(AdminServerTest, OmitsBodyForHead) {
  RawClient client(server_->port());
  client.Send("HEAD /page HTTP/1.1\r\nhost: h\r\n\r\n");
  const RawClient::Response response = client.Read();
  EXPECT_THAT(response.head, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(response.head, HasSubstr("content-length: 5\r\n"));
  EXPECT_EQ(response.body, "");
  EXPECT_TRUE(client.Closed());
}

TEST_F(AdminServerTest, KeepsStatusOfPage) {
  const RawClient::Response response = Call("GET", "/broken");
  EXPECT_THAT(response.head,
              StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_EQ(response.body, "why\n");
}

TEST_F(AdminServerTest, ListsPagesForUnknownPath) {
  for (const char* path :
       {"/", "/page/", "/pag", "/Page", "/../page", "/page%20"}) {
    EXPECT_THAT(Call("GET", path).head,
                StartsWith("HTTP/1.1 404 Not Found\r\n"))
        << path;
  }
  EXPECT_EQ(Call("GET", "/").body, "available pages:\n/broken\n/page\n/slow\n");
}

TEST_F(AdminServerTest, RejectsProxyRequests) {
  for (const char* target : {"*", "http://h/page"}) {
    EXPECT_THAT(Call("GET", target).head,
                StartsWith("HTTP/1.1 400 Bad Request\r\n"))
        << target;
  }
  EXPECT_EQ(Call("GET", "/page").body, "text\n");
}

TEST_F(AdminServerTest, RejectsOtherMethods) {
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"}) {
    const RawClient::Response response = Call(method, "/page");
    EXPECT_THAT(response.head,
                StartsWith("HTTP/1.1 405 Method Not Allowed\r\n"))
        << method;
    EXPECT_THAT(response.head, HasSubstr("allow: GET, HEAD\r\n"));
    EXPECT_EQ(response.body, "expected GET or HEAD\n");
  }
}

TEST_F(AdminServerTest, RespondsWithoutWaitingForBody) {
  const RawClient::Response response =
      Call("POST /page HTTP/1.1\r\nhost: h\r\ncontent-length: 1000000\r\n\r\n");
  EXPECT_THAT(response.head, StartsWith("HTTP/1.1 405 "));
}

TEST_F(AdminServerTest, RejectsNonHttp) {
  const RawClient::Response response = Call("hello\r\n\r\n");
  EXPECT_THAT(response.head, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_EQ(response.body, "Bad Request\n");
}

TEST_F(AdminServerTest, RejectsOversizedHead) {
  const RawClient::Response response = Call(absl::StrCat(
      "GET /page HTTP/1.1\r\nhost: h\r\nx: ", std::string(100'000, 'x'),
      "\r\n\r\n"));
  EXPECT_THAT(response.head, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
}

TEST_F(AdminServerTest, ServesOneRequestPerConnection) {
  RawClient client(server_->port());
  const RawClient::Response response =
      client.Call("GET /page HTTP/1.1\r\nhost: h\r\n\r\n");
  EXPECT_THAT(response.head, HasSubstr("connection: close\r\n"));
  EXPECT_TRUE(client.Closed());
}

TEST_F(AdminServerTest, SlowPageDoesNotBlockOtherPages) {
  RawClient slow(server_->port());
  slow.Send("GET /slow HTTP/1.1\r\nhost: h\r\n\r\n");
  slow_started_.WaitForNotification();
  EXPECT_EQ(Call("GET", "/page").body, "text\n");
  slow_may_end_.Notify();
  EXPECT_EQ(slow.Read().body, "late\n");
}

TEST_F(AdminServerTest, DestructorWaitsForRunningPages) {
  RawClient slow(server_->port());
  slow.Send("GET /slow HTTP/1.1\r\nhost: h\r\n\r\n");
  slow_started_.WaitForNotification();
  absl::Notification ended;
  std::thread stopper([&] {
    server_.reset();
    ended.Notify();
  });
  EXPECT_TRUE(slow.Closed());  // Destruction has begun.
  EXPECT_FALSE(ended.HasBeenNotified());
  slow_may_end_.Notify();
  stopper.join();
}

TEST_F(AdminServerTest, DestructorClosesOpenConnections) {
  RawClient client(server_->port());
  client.Send("GET /pa");
  server_.reset();
  EXPECT_TRUE(client.Closed());
}

TEST_F(AdminServerTest, StartFailsIfPortIsTaken) {
  const std::string address = absl::StrCat("127.0.0.1:", server_->port());
  EXPECT_THAT(AdminServer::Start(address, {}, options_, counters_),
              StatusIs(absl::StatusCode::kUnavailable,
                       absl::StrCat("cannot listen on ", address,
                                    ": Address already in use")));
}

}  // namespace
}  // namespace wriftai
