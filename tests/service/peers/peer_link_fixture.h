#ifndef WRIFTAI_TESTS_SERVICE_PEERS_PEER_LINK_FIXTURE_H_
#define WRIFTAI_TESTS_SERVICE_PEERS_PEER_LINK_FIXTURE_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "base/call.h"
#include "base/listener_counters.h"
#include "base/run_on_loop.h"
#include "gtest/gtest.h"
#include "service/calls/call_server.h"
#include "service/peers/grpc_peer_link.h"
#include "service/peers/peer_channels.h"
#include "service/peers/peer_server.h"
#include "service/peers/peers_service.h"
#include "service/server/tls/tls_credentials.h"
#include "tests/support/status_matchers.h"
#include "upstream/http/curl_event_loop.h"

namespace wriftai {

// A replica's port for its peers, over real gRPC on port 0.
class TestPeer {
 public:
  explicit TestPeer(
      EventLoop& event_loop,
      PeersService::AnswerVouch vouch =
          [](const cluster::VouchRequest&) { return cluster::VouchResponse(); },
      TlsCredentials* tls = nullptr,
      PeersService::AnswerFindOwners find_owners =
          [](const cluster::FindOwnersRequest&) {
            return cluster::FindOwnersResponse();
          },
      PeersService::CheckCluster check_cluster =
          [](const std::string&) { return absl::OkStatus(); })
      : service_(event_loop, std::move(check_cluster), std::move(vouch),
                 std::move(find_owners)) {
    PeerServerConfig config;
    config.address = "127.0.0.1:0";
    auto server =
        PeerServer::Start(config, tls, {&service_}, calls_, counters_);
    EXPECT_THAT(server, IsOk());
    if (server.ok()) server_ = *std::move(server);
  }

  const std::string& address() const { return server_->address(); }

 private:
  PeersService service_;
  CallServer calls_;
  ListenerCounters counters_;
  std::unique_ptr<PeerServer> server_;
};

// A replica's link to its peers, and the loop of all replicas of the test.
class PeerLinkTest : public ::testing::Test {
 protected:
  PeerLinkTest() { Connect(nullptr); }
  ~PeerLinkTest() override { Disconnect(); }

  // Replaces the channels.
  void Connect(TlsCredentials* tls) {
    Disconnect();
    channels_ = std::make_unique<PeerChannels>(loop_, tls, 1 << 20);
    link_ = std::make_unique<GrpcPeerLink>(
        *channels_, [] { return std::string("gateways@1f"); });
  }

  void Disconnect() {
    RunOnLoop(loop_, [this] {
      link_.reset();
      channels_.reset();
    });
  }

  void Settle() {
    RunOnLoop(loop_, [] {});
  }

  absl::StatusOr<cluster::VouchResponse> Vouch(
      const std::string& address, absl::Duration timeout = absl::Seconds(30)) {
    absl::StatusOr<cluster::VouchResponse> result;
    absl::Notification done;
    CallHandle call;
    loop_.Post([&] {
      call = link_->Vouch(address, kQuestion, loop_.Now() + timeout,
                          [&](absl::StatusOr<cluster::VouchResponse> response) {
                            result = std::move(response);
                            call.reset();
                            done.Notify();
                          });
    });
    done.WaitForNotification();
    Settle();
    return result;
  }

  const cluster::VouchRequest kQuestion{{"asker.1", 5, "127.0.0.1:1"}};

  CurlEventLoop loop_;
  // Every replica has a server, whose threads serve its connections.
  const TestPeer own_port_{loop_};
  std::unique_ptr<PeerChannels> channels_;
  std::unique_ptr<GrpcPeerLink> link_;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SERVICE_PEERS_PEER_LINK_FIXTURE_H_
