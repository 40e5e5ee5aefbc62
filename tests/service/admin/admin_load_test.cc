// Probes of the admin server under many silent, slow and non-reading
// connections.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/admin/admin_server.h"
#include "tests/support/raw_client.h"
#include "tests/support/status_matchers.h"

namespace wriftai {
namespace {

using ::testing::StartsWith;

// Far longer than any test takes, so that no deadline closes a connection.
constexpr absl::Duration kNoTimeout = absl::Minutes(10);

// More than the socket buffers hold for a client that does not read.
constexpr size_t kLargePage = 32 << 20;

class AdminServerLoadTest : public ::testing::Test {
 protected:
  void Start(size_t max_connections, absl::Duration timeout = kNoTimeout) {
    AdminServer::Options options;
    options.max_connections = max_connections;
    options.request_timeout = timeout;
    auto server = AdminServer::Start(
        "127.0.0.1:0",
        {{"/probe",
          [](absl::string_view) {
            return AdminServer::Response{200, "ok\n"};
          }},
         {"/large",
          [](absl::string_view) {
            return AdminServer::Response{200, std::string(kLargePage, 'x')};
          }},
         {"/slow",
          [this](absl::string_view) {
            ++slow_render_count_;
            if (!slow_started_.HasBeenNotified()) slow_started_.Notify();
            slow_may_end_.WaitForNotification();
            return AdminServer::Response{200, "late\n"};
          }}},
        options, counters_);
    ASSERT_THAT(server, IsOk());
    server_ = *std::move(server);
  }

  RawClient& Open(absl::string_view bytes) {
    clients_.push_back(std::make_unique<RawClient>(server_->port()));
    clients_.back()->Send(bytes);
    return *clients_.back();
  }

  std::string Probe() const {
    return RawClient(server_->port()).Call(Get("/probe")).body;
  }

  ListenerCounters counters_;
  absl::Notification slow_started_;
  absl::Notification slow_may_end_;
  int slow_render_count_ = 0;  // Used on the page's thread.
  std::vector<std::unique_ptr<RawClient>> clients_;
  std::unique_ptr<AdminServer> server_;
};

TEST_F(AdminServerLoadTest, RespondsToProbesDespiteSilentConnections) {
  Start(256);
  for (int i = 0; i < 100; ++i) {
    Open("");
    EXPECT_EQ(Probe(), "ok\n");
  }
  EXPECT_EQ(counters_.evicted, 0);
  EXPECT_EQ(counters_.limit, 256);
}

TEST_F(AdminServerLoadTest,
       RespondsToProbesDespiteSilentConnectionsAboveLimit) {
  Start(20);
  for (int i = 0; i < 100; ++i) {
    Open(i % 2 == 0 ? "" : "GET /pro");
    EXPECT_EQ(Probe(), "ok\n");
  }
  EXPECT_LE(counters_.open, 20);
  EXPECT_GE(counters_.evicted, 70);
}

TEST_F(AdminServerLoadTest, EvictsLongestSilentConnectionAtLimit) {
  Start(3);
  RawClient& first = Open("GET /probe HTTP/1.1\r\n");
  RawClient& second = Open("");
  RawClient& third = Open("");
  RawClient fourth(server_->port());
  EXPECT_TRUE(first.Closed());
  EXPECT_FALSE(second.HasInput());
  EXPECT_FALSE(third.HasInput());
  EXPECT_EQ(fourth.Call(Get("/probe")).body, "ok\n");
}

TEST_F(AdminServerLoadTest, RespondsToProbesDespiteSlowSenders) {
  Start(20);
  for (int i = 0; i < 30; ++i) Open("GET /probe HTTP/1.1\r\nx: ");
  for (int i = 0; i < 10; ++i) {
    for (const auto& client : clients_) client->Send("x");
    EXPECT_EQ(Probe(), "ok\n");
  }
}

TEST_F(AdminServerLoadTest, ClosesSlowSenderAtDeadline) {
  Start(20, absl::Milliseconds(100));
  RawClient& client = Open("GET /probe HTTP/1.1\r\nx: ");
  EXPECT_TRUE(client.Closed());
}

TEST_F(AdminServerLoadTest, RespondsToProbesDespiteClientsThatNeverRead) {
  Start(20);
  for (int i = 0; i < 10; ++i) Open(Get("/large"));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Probe(), "ok\n");
}

TEST_F(AdminServerLoadTest, EvictsClientThatNeverReadsWhenAllNeverRead) {
  Start(4);
  for (int i = 0; i < 4; ++i) Open(Get("/large"));
  // The probe waits until one of them counts as stalled.
  EXPECT_EQ(Probe(), "ok\n");
  EXPECT_EQ(counters_.evicted, 1);
}

TEST_F(AdminServerLoadTest, NeverEvictsRequestInProgress) {
  Start(3);
  RawClient& slow = Open(Get("/slow"));
  slow_started_.WaitForNotification();
  for (int i = 0; i < 30; ++i) Open("");
  EXPECT_EQ(Probe(), "ok\n");
  slow_may_end_.Notify();
  EXPECT_EQ(slow.Read().body, "late\n");
}

TEST_F(AdminServerLoadTest, ConcurrentRequestsForPageShareResponse) {
  Start(256);
  RawClient& first = Open(Get("/slow"));
  slow_started_.WaitForNotification();
  for (int i = 0; i < 50; ++i) {
    Open(Get("/slow"));
    EXPECT_EQ(Probe(), "ok\n");
  }
  slow_may_end_.Notify();
  for (const auto& client : clients_) {
    EXPECT_EQ(client->Read().body, "late\n");
  }
  EXPECT_TRUE(first.Closed());
  server_.reset();
  EXPECT_LE(slow_render_count_, 3);
}

TEST_F(AdminServerLoadTest, SurvivesClientsThatDisconnectDuringRender) {
  Start(256);
  Open(Get("/slow"));
  slow_started_.WaitForNotification();
  for (int i = 0; i < 10; ++i) Open(Get("/slow"));
  clients_.clear();
  EXPECT_EQ(Probe(), "ok\n");
  slow_may_end_.Notify();
  EXPECT_EQ(Probe(), "ok\n");
}

}  // namespace
}  // namespace wriftai
