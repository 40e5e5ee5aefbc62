#include "service/peers/grpc_peer_link.h"

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "base/listener_counters.h"
#include "base/tcp_listener.h"
#include "gtest/gtest.h"
#include "tests/service/peers/peer_link_fixture.h"

namespace wriftai {
namespace {

cluster::VouchResponse Nothing(const cluster::VouchRequest& /*request*/) {
  return {};
}

// Sends what a link would not.
std::unique_ptr<peers::v1::Peers::Stub> StubOf(const TestPeer& peer) {
  return peers::v1::Peers::NewStub(
      grpc::CreateChannel(peer.address(), grpc::InsecureChannelCredentials()));
}

TEST_F(PeerLinkTest, CarriesQuestionAndAnswer) {
  cluster::VouchRequest asked;
  TestPeer peer(loop_, [&](const cluster::VouchRequest& request) {
    EXPECT_TRUE(loop_.OnLoopThread());
    asked = request;
    return cluster::VouchResponse{true, {{"peer.3", 9, "10.0.0.1:50052"}}};
  });
  const auto response = Vouch(peer.address());
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(asked.asker.session, "asker.1");
  EXPECT_EQ(asked.asker.revision, 5);
  EXPECT_EQ(asked.asker.address, "127.0.0.1:1");
  EXPECT_TRUE(response->ended);
  ASSERT_EQ(response->peers.size(), 1u);
  EXPECT_EQ(response->peers[0].session, "peer.3");
}

TEST_F(PeerLinkTest, CarriesOwners) {
  const std::string tag(32, 'a');
  TestPeer peer(loop_, Nothing, nullptr,
                [&](const cluster::FindOwnersRequest& request) {
                  EXPECT_TRUE(loop_.OnLoopThread());
                  EXPECT_EQ(request.tags, std::vector<std::string>{tag});
                  return cluster::FindOwnersResponse{
                      {{tag, "peer.3", "10.0.0.1:50052", 9}}};
                });
  absl::StatusOr<cluster::FindOwnersResponse> found;
  absl::Notification done;
  CallHandle call;
  loop_.Post([&] {
    call = link_->FindOwners(peer.address(), {{tag}},
                             loop_.Now() + absl::Seconds(30),
                             [&](const auto& response) {
                               found = response;
                               call.reset();
                               done.Notify();
                             });
  });
  done.WaitForNotification();
  Settle();
  ASSERT_THAT(found, IsOk());
  ASSERT_EQ(found->owners.size(), 1u);
  EXPECT_EQ(found->owners[0].session, "peer.3");
  EXPECT_EQ(found->owners[0].epoch, 9);
}

TEST_F(PeerLinkTest, OneChannelServesAllCallsToAnAddress) {
  TestPeer peer(loop_, Nothing);
  for (int i = 0; i < 3; ++i) EXPECT_THAT(Vouch(peer.address()), IsOk());
  RunOnLoop(loop_, [this] { EXPECT_EQ(channels_->size(), 1u); });
}

TEST_F(PeerLinkTest, FailsWhereNobodyListens) {
  std::string address;
  { address = TestPeer(loop_, Nothing).address(); }
  EXPECT_THAT(Vouch(address), StatusIs(absl::StatusCode::kUnavailable));
}

// gRPC's own channels stay broken for 13 s and more.
TEST_F(PeerLinkTest, ReachesAPeerAgainAfterItHasRestarted) {
  auto peer = std::make_unique<TestPeer>(loop_, Nothing);
  const std::string address = peer->address();
  EXPECT_THAT(Vouch(address), IsOk());
  peer.reset();
  EXPECT_THAT(Vouch(address), StatusIs(absl::StatusCode::kUnavailable));
  PeersService service(
      loop_, [](const std::string&) { return absl::OkStatus(); }, Nothing,
      nullptr);
  CallServer calls;
  ListenerCounters counters;
  PeerServerConfig config;
  config.address = address;
  const auto again =
      PeerServer::Start(config, nullptr, {&service}, calls, counters);
  ASSERT_THAT(again, IsOk());
  const absl::Time start = absl::Now();
  while (!Vouch(address).ok() && absl::Now() - start < absl::Seconds(10)) {
  }
  EXPECT_LT(absl::Now() - start, absl::Seconds(3));
}

// A port that accepts and says nothing.
TEST_F(PeerLinkTest, EndsAtTheDeadline) {
  auto silent = ListenOn("127.0.0.1:0");
  ASSERT_THAT(silent, IsOk());
  EXPECT_THAT(
      Vouch(absl::StrCat("127.0.0.1:", silent->port), absl::Milliseconds(50)),
      StatusIs(absl::StatusCode::kDeadlineExceeded));
}

TEST_F(PeerLinkTest, GivesUpOnASilentPortAfterTwoSeconds) {
  auto silent = ListenOn("127.0.0.1:0");
  ASSERT_THAT(silent, IsOk());
  const absl::Time start = absl::Now();
  EXPECT_THAT(Vouch(absl::StrCat("127.0.0.1:", silent->port)),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_LT(absl::Now() - start, absl::Seconds(4));
}

TEST_F(PeerLinkTest, DroppedHandleMeansNoCallback) {
  CallHandle call;
  absl::Notification asked;
  TestPeer peer(loop_, [&](const cluster::VouchRequest&) {
    call.reset();
    asked.Notify();
    return cluster::VouchResponse();
  });
  bool called = false;
  loop_.Post([&] {
    call = link_->Vouch(peer.address(), kQuestion, absl::InfiniteFuture(),
                        [&](const auto&) { called = true; });
  });
  asked.WaitForNotification();
  // Blocks until gRPC has ended the call.
  Disconnect();
  Settle();
  EXPECT_FALSE(called);
}

TEST_F(PeerLinkTest, ReplicaOfAnotherClusterRefusesToAnswer) {
  std::string caller;
  bool answered = false;
  TestPeer peer(
      loop_,
      [&](const cluster::VouchRequest&) {
        answered = true;
        return cluster::VouchResponse();
      },
      nullptr,
      [&](const cluster::FindOwnersRequest&) {
        answered = true;
        return cluster::FindOwnersResponse();
      },
      [&](const std::string& cluster_id) {
        caller = cluster_id;
        return absl::FailedPreconditionError("of another cluster");
      });
  EXPECT_THAT(
      Vouch(peer.address()),
      StatusIs(absl::StatusCode::kFailedPrecondition, "of another cluster"));
  EXPECT_EQ(caller, "gateways@1f");
  EXPECT_FALSE(answered);
}

TEST_F(PeerLinkTest, OlderBuildSendsNoCluster) {
  std::string caller = "unknown";
  TestPeer peer(
      loop_, Nothing, nullptr,
      [](const cluster::FindOwnersRequest&) {
        return cluster::FindOwnersResponse();
      },
      [&](const std::string& cluster_id) {
        caller = cluster_id;
        return absl::OkStatus();
      });
  const auto stub = StubOf(peer);
  grpc::ClientContext context;
  peers::v1::FindOwnersResponse response;
  EXPECT_TRUE(
      stub->FindOwners(&context, peers::v1::FindOwnersRequest(), &response)
          .ok());
  Settle();
  EXPECT_EQ(caller, "");
}

TEST_F(PeerLinkTest, RejectsInvalidResponse) {
  TestPeer peer(loop_, [](const cluster::VouchRequest&) {
    return cluster::VouchResponse{false, {{"peer/3", 9, "h:1"}}};
  });
  EXPECT_THAT(
      Vouch(peer.address()),
      StatusIs(absl::StatusCode::kInternal,
               "a peer's response to Vouch: peers.session: expected 1 to "
               "128 bytes of printable ASCII without '/'"));
}

TEST_F(PeerLinkTest, RejectsInvalidAddress) {
  EXPECT_THAT(Vouch("unix:/path"),
              StatusIs(absl::StatusCode::kUnavailable,
                       "peer unix:/path: expected HOST:PORT"));
}

TEST_F(PeerLinkTest, PlaintextStaysOnThisMachine) {
  EXPECT_THAT(Vouch("192.0.2.1:50052"),
              StatusIs(absl::StatusCode::kUnavailable,
                       "peer 192.0.2.1:50052: expected an address of this "
                       "machine, as there is no TLS between replicas "
                       "(--peer_cert_file)"));
  CallServer calls;
  ListenerCounters counters;
  PeerServerConfig config;
  config.address = "0.0.0.0:0";
  EXPECT_THAT(PeerServer::Start(config, nullptr, {}, calls, counters),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "--peer_address: 0.0.0.0:0 requires --peer_cert_file; "
                       "without TLS, expected an address of this machine"));
}

TEST_F(PeerLinkTest, PeerRejectsInvalidRequest) {
  bool answered = false;
  TestPeer peer(loop_, [&](const cluster::VouchRequest&) {
    answered = true;
    return cluster::VouchResponse();
  });
  const auto stub = StubOf(peer);
  grpc::ClientContext context;
  peers::v1::VouchResponse response;
  const grpc::Status status =
      stub->Vouch(&context, peers::v1::VouchRequest(), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(),
            "asker.session: expected 1 to 128 bytes of printable ASCII without "
            "'/'");
  EXPECT_FALSE(answered);
}

}  // namespace
}  // namespace wriftai
