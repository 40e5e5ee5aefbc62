#include "service/server/port_watchdog.h"

#include <memory>
#include <string>

#include "absl/synchronization/notification.h"
#include "base/tcp_listener.h"
#include "gmock/gmock.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "service/server/grpc_listener.h"
#include "service/server/port_probe.h"
#include "tests/support/status_matchers.h"

namespace wriftai {
namespace {

using ::testing::HasSubstr;

// A port that passes connections to `on_connection`.
class PortWatchdogTest : public ::testing::Test {
 protected:
  void Listen(GrpcListener::OnConnection on_connection) {
    GrpcListener::Options options;
    options.address = "127.0.0.1:0";
    auto listener = GrpcListener::Open(options, counters_);
    ASSERT_THAT(listener, IsOk());
    listener_ = *std::move(listener);
    // Without a callback, nothing accepts connections.
    if (on_connection) listener_->Start(std::move(on_connection));
  }

  absl::Status Probe(bool tls, absl::Duration timeout = absl::Seconds(30)) {
    return ProbeGrpcPort(
        listener_->local_address(), tls, timeout,
        [this](int port) { probe_port_ = port; }, -1);
  }

  static void Send(int fd, absl::string_view bytes) {
    send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }

  ListenerCounters counters_;
  int probe_port_ = 0;
  std::unique_ptr<GrpcListener> listener_;
};

constexpr absl::string_view kSettings("\0\0\0\4\0\0\0\0\0", 9);

TEST_F(PortWatchdogTest, ProbeAcceptsHttp2Settings) {
  Listen([](int /*listening_fd*/, int fd) {
    const UniqueFd connection(fd);
    Send(fd, kSettings);
    char byte = 0;
    while (recv(fd, &byte, 1, 0) != 0) {
    }
  });
  EXPECT_THAT(Probe(false), IsOk());
  EXPECT_GT(probe_port_, 0);
}

TEST_F(PortWatchdogTest, ProbeAcceptsTlsHandshake) {
  Listen([](int /*listening_fd*/, int fd) {
    const UniqueFd connection(fd);
    Send(fd, "\x16");
    char byte = 0;
    while (recv(fd, &byte, 1, 0) != 0) {
    }
  });
  EXPECT_THAT(Probe(true), IsOk());
}

TEST_F(PortWatchdogTest, ProbeTimesOutIfNothingAccepts) {
  Listen(nullptr);
  const absl::Status status = Probe(false, absl::Milliseconds(50));
  EXPECT_THAT(status.message(), HasSubstr("timed out"));
}

TEST_F(PortWatchdogTest, ProbeFailsIfServerCloses) {
  Listen([](int /*listening_fd*/, int fd) { const UniqueFd connection(fd); });
  EXPECT_FALSE(Probe(false).ok());
}

TEST_F(PortWatchdogTest, ProbeFailsIfPortIsClosed) {
  Listen(nullptr);
  listener_->Stop();
  EXPECT_THAT(Probe(false).message(), HasSubstr("Connection refused"));
}

TEST_F(PortWatchdogTest, ReportsUnresponsivePortUntilRecovery) {
  Listen(nullptr);
  PortWatchdog::Options options;
  options.address = listener_->local_address();
  options.interval = absl::Milliseconds(1);
  options.timeout = absl::Milliseconds(20);
  options.failure_timeout = absl::Milliseconds(50);
  absl::Notification down;
  absl::Notification recovered;
  PortWatchdog watchdog;
  EXPECT_THAT(watchdog.status(), IsOk());
  watchdog.Start(
      options, [](int /*port*/) {},
      [&](bool is_responding) {
        if (!is_responding && !down.HasBeenNotified()) down.Notify();
        if (is_responding && !recovered.HasBeenNotified()) recovered.Notify();
      });
  down.WaitForNotification();
  EXPECT_THAT(watchdog.status().message(),
              HasSubstr("the gRPC port is not responding: "));
  listener_->Start([](int /*listening_fd*/, int fd) {
    Send(fd, kSettings);
    const UniqueFd connection(fd);
    char byte = 0;
    while (recv(fd, &byte, 1, MSG_DONTWAIT) > 0) {
    }
  });
  recovered.WaitForNotification();
  watchdog.Stop();
  EXPECT_THAT(watchdog.status(), IsOk());
}

}  // namespace
}  // namespace wriftai
