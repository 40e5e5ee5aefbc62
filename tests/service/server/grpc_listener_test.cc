// The listener and its connection table, with a server controlled by the test.
#include "service/server/grpc_listener.h"

#include <sys/resource.h>
#include <sys/socket.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/mutex.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/server/port_probe.h"
#include "tests/support/raw_client.h"
#include "tests/support/status_matchers.h"

namespace wriftai {
namespace {

using ::testing::HasSubstr;

// Sends one byte to each connection and keeps it open.
class GrpcListenerTest : public ::testing::Test {
 protected:
  void Start(size_t max_connections,
             absl::Duration silence_timeout = absl::ZeroDuration()) {
    GrpcListener::Options options;
    options.name = "--x_address";
    options.address = "127.0.0.1:0";
    options.max_connections = max_connections;
    options.silence_timeout = silence_timeout;
    auto listener = GrpcListener::Open(options, counters_);
    ASSERT_THAT(listener, IsOk());
    listener_ = *std::move(listener);
    listener_->Start([this](int /*listening_fd*/, int fd) {
      MutexLock lock(mutex_);
      connections_.emplace_back(fd);
      send(fd, "x", 1, MSG_NOSIGNAL);
    });
  }

  RawClient& Open(absl::string_view bytes = "hello") {
    clients_.push_back(std::make_unique<RawClient>(listener_->port()));
    clients_.back()->Send(bytes);
    return *clients_.back();
  }

  // Whether the server got the connection.
  static bool IsServed(RawClient& client) { return !client.Closed(); }

  size_t ServedCount() {
    MutexLock lock(mutex_);
    return connections_.size();
  }

  // As gRPC does for ended connections.
  void CloseAll() {
    MutexLock lock(mutex_);
    connections_.clear();
  }

  ListenerCounters counters_;
  std::vector<std::unique_ptr<RawClient>> clients_;
  Mutex mutex_;
  std::vector<UniqueFd> connections_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<GrpcListener> listener_;
};

TEST_F(GrpcListenerTest, RefusesAndCountsConnectionsAboveLimit) {
  Start(9);
  for (int i = 0; i < 8; ++i) EXPECT_TRUE(IsServed(Open()));
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(IsServed(Open()));
  EXPECT_EQ(counters_.open, 8);
  EXPECT_EQ(counters_.limit, 9);
  EXPECT_EQ(counters_.accepted, 11);
  EXPECT_EQ(counters_.refused, 3);
  EXPECT_EQ(counters_.evicted, 0);
}

TEST_F(GrpcListenerTest, ReusesSlotsOfClosedConnections) {
  Start(9);
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 8; ++i) EXPECT_TRUE(IsServed(Open()));
    CloseAll();
  }
  EXPECT_EQ(counters_.refused, 0);
}

TEST_F(GrpcListenerTest, EvictsSilentConnectionAtLimit) {
  Start(9);
  RawClient& silent = Open("");
  EXPECT_TRUE(IsServed(silent));
  for (int i = 0; i < 7; ++i) EXPECT_TRUE(IsServed(Open()));
  RawClient& next = Open();
  // It waits for the server to close what was shut down.
  EXPECT_EQ(silent.Read().body, "");
  CloseAll();
  EXPECT_TRUE(IsServed(next));
  EXPECT_EQ(counters_.evicted, 1);
  EXPECT_EQ(counters_.refused, 0);
}

TEST_F(GrpcListenerTest, AcceptsOwnProbeAtLimit) {
  Start(1);
  EXPECT_TRUE(IsServed(Open()));
  listener_->ExpectProbe(1);  // Not the port of any connection.
  EXPECT_FALSE(IsServed(Open()));
  const auto probe = [this] {
    return ProbeGrpcPort(
        listener_->local_address(), false, absl::Seconds(30),
        [this](int port) { listener_->ExpectProbe(port); }, -1);
  };
  // The probe gets one byte, not a complete response.
  std::thread closer([this] {
    while (ServedCount() < 2) {
    }
    CloseAll();
  });
  EXPECT_FALSE(probe().ok());
  closer.join();
}

TEST_F(GrpcListenerTest, AcceptsAgainAfterRunningOutOfDescriptors) {
  Start(100);
  rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  RawClient client(listener_->port());
  EXPECT_TRUE(IsServed(client));
  RawClient* last = nullptr;
  {
    // Enough descriptors for the client's end, but not for the server's.
    const UniqueFd next(dup(0));
    rlimit low = before;
    low.rlim_cur = static_cast<rlim_t>(next.get()) + 1;
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
  }
  last = &Open();
  while (counters_.accept_errors == 0) {
  }
  EXPECT_FALSE(last->HasInput());
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_TRUE(IsServed(*last));
  EXPECT_TRUE(IsServed(Open()));
}

TEST_F(GrpcListenerTest, OpenFailsIfPortIsTaken) {
  Start(9);
  GrpcListener::Options options;
  options.address = absl::StrCat("127.0.0.1:", listener_->port());
  EXPECT_THAT(GrpcListener::Open(options, counters_).status().message(),
              HasSubstr("Address already in use"));
}

TEST_F(GrpcListenerTest, ListensOnAllAddressesOfWildcardsAndNames) {
  for (const char* address : {"0.0.0.0:0", "[::]:0", "localhost:0"}) {
    GrpcListener::Options options;
    options.address = address;
    auto listener = GrpcListener::Open(options, counters_);
    ASSERT_THAT(listener, IsOk()) << address;
    (*listener)->Start([](int /*listening_fd*/, int fd) {
      const UniqueFd connection(fd);
      send(fd, "x", 1, MSG_NOSIGNAL);
    });
    RawClient client((*listener)->port());
    EXPECT_TRUE(client.HasInput(absl::Seconds(30))) << address;
    EXPECT_FALSE(client.Closed()) << address;
  }
}

}  // namespace
}  // namespace wriftai
