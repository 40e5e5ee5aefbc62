#include "service/peers/peer_tls.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/peers/peer_link_fixture.h"
#include "tests/support/recent_log.h"
#include "tests/support/test_authority.h"

namespace wriftai {
namespace {

using ::testing::EndsWith;

constexpr char kReplica[] = "URI:spiffe://cluster.local/ns/a/sa/gateway";
constexpr char kOther[] = "URI:spiffe://cluster.local/ns/a/sa/other";

cluster::VouchResponse Nothing(const cluster::VouchRequest& /*request*/) {
  return {};
}

// Replicas with certificate files. Their names differ from their addresses.
class PeerTlsTest : public PeerLinkTest {
 protected:
  PeerTlsTest()
      : folder_(absl::StrCat(
            ::testing::TempDir(), "peer_tls_",
            ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::create_directory(folder_);
  }
  ~PeerTlsTest() override {
    Disconnect();
    RunOnLoop(loop_, [this] { opened_.clear(); });
    std::filesystem::remove_all(folder_);
  }

  std::string Write(const std::string& name, const std::string& text) {
    const std::string path = absl::StrCat(folder_, "/", name);
    std::ofstream(path, std::ios::trunc) << text;
    return path;
  }

  void WriteIdentity(const std::string& replica, const TlsIdentity& identity) {
    Write(replica + ".crt", identity.certificate);
    Write(replica + ".key", identity.key);
  }

  PeerTlsConfig Config(const std::string& replica, const TlsIdentity& identity,
                       const std::string& authorities) {
    PeerTlsConfig config;
    config.ca_file = Write(replica + ".ca", authorities);
    config.cert_file = Write(replica + ".crt", identity.certificate);
    config.key_file = Write(replica + ".key", identity.key);
    config.allowed_names =
        *ParseNamePatterns("spiffe://cluster.local/ns/*/sa/gateway");
    return config;
  }

  // Credentials whose files are checked for changes.
  TlsCredentials* Open(const PeerTlsConfig& config) {
    auto tls = OpenPeerTls(config);
    EXPECT_THAT(tls, IsOk());
    RunOnLoop(loop_, [&] { (*tls)->Watch(loop_); });
    opened_.push_back(*std::move(tls));
    return opened_.back().get();
  }
  TlsCredentials* Open(const std::string& replica, const TlsIdentity& identity,
                       const TestAuthority& authority) {
    return Open(Config(replica, identity, authority.certificate()));
  }

  bool IsReachedSoon(const std::string& address) {
    const absl::Time end = absl::Now() + absl::Seconds(20);
    while (!Vouch(address).ok()) {
      if (absl::Now() >= end) return false;
    }
    return true;
  }

  const std::string folder_;
  const TestAuthority authority_;
  std::vector<std::unique_ptr<TlsCredentials>> opened_;
};

TEST_F(PeerTlsTest, ReplicasReachEachOther) {
  TlsCredentials* const one =
      Open("1", authority_.Issue({kReplica}), authority_);
  TlsCredentials* const two =
      Open("2", authority_.Issue({kReplica}), authority_);
  TestPeer peer(loop_, Nothing, two);
  Connect(one);
  EXPECT_THAT(Vouch(peer.address()), IsOk());
}

TEST_F(PeerTlsTest, ServerOfAnotherNameGetsNoCall) {
  bool called = false;
  TlsCredentials* const one =
      Open("1", authority_.Issue({kReplica}), authority_);
  TestPeer peer(
      loop_,
      [&](const cluster::VouchRequest&) {
        called = true;
        return cluster::VouchResponse();
      },
      Open("2", authority_.Issue({kOther}), authority_));
  Connect(one);
  EXPECT_THAT(Vouch(peer.address()), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_FALSE(called);
  EXPECT_GE(one->server_refusals().count(TlsRefusal::kNameNotAllowed), 1);
}

TEST_F(PeerTlsTest, ServerOfAnotherAuthorityGetsNoCall) {
  const TestAuthority other;
  TlsCredentials* const one =
      Open("1", authority_.Issue({kReplica}), authority_);
  TestPeer peer(loop_, Nothing, Open("2", other.Issue({kReplica}), authority_));
  Connect(one);
  EXPECT_THAT(Vouch(peer.address()), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_GE(one->server_refusals().count(TlsRefusal::kUntrusted), 1);
}

TEST_F(PeerTlsTest, ClientOfAnotherNameIsRefused) {
  TlsCredentials* const two =
      Open("2", authority_.Issue({kReplica}), authority_);
  TestPeer peer(loop_, Nothing, two);
  Connect(Open("1", authority_.Issue({kOther}), authority_));
  EXPECT_THAT(Vouch(peer.address()), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_GE(two->refusals().count(TlsRefusal::kNameNotAllowed), 1);
}

TEST_F(PeerTlsTest, LogsRejectedCertificatesOfBothSides) {
  const RecentLog log;
  const TestAuthority other;
  const PeerTlsConfig one =
      Config("1", other.Issue({kReplica}), authority_.certificate());
  TestPeer peer(loop_, Nothing,
                Open("2", authority_.Issue({kReplica}), authority_));
  Connect(Open(one));
  EXPECT_THAT(Vouch(peer.address()), StatusIs(absl::StatusCode::kUnavailable));
  // Not the names, which anybody could have written.
  EXPECT_THAT(
      log.text(),
      EndsWith("warning rejected a replica's client certificate, untrusted\n"));

  TestPeer impostor(loop_, Nothing, Open("3", other.Issue({kReplica}), other));
  EXPECT_THAT(Vouch(impostor.address()),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(
      log.text(),
      EndsWith("warning rejected a replica's server certificate, untrusted\n"));
  Disconnect();  // Nothing logs any more.
}

TEST_F(PeerTlsTest, PlaintextClientIsRefused) {
  TestPeer peer(loop_, Nothing,
                Open("2", authority_.Issue({kReplica}), authority_));
  EXPECT_THAT(Vouch(peer.address()), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(PeerTlsTest, ReadsChangedFilesAgain) {
  const TestAuthority next;
  const std::string both =
      absl::StrCat(authority_.certificate(), next.certificate());
  TestPeer peer(loop_, Nothing,
                Open(Config("2", next.Issue({kReplica}), both)));
  Connect(Open("1", authority_.Issue({kReplica}), authority_));
  EXPECT_THAT(Vouch(peer.address()), StatusIs(absl::StatusCode::kUnavailable));
  Write("1.ca", both);
  EXPECT_TRUE(IsReachedSoon(peer.address()));
}

TEST_F(PeerTlsTest, ChannelsUseChangedCertificateBesideServer) {
  const TestAuthority next;
  TestPeer peer(loop_, Nothing,
                Open(Config("2", next.Issue({kReplica}), next.certificate())));
  TlsCredentials* const one =
      Open(Config("1", authority_.Issue({kReplica}),
                  absl::StrCat(authority_.certificate(), next.certificate())));
  TestPeer server(loop_, Nothing, one);
  Connect(one);
  EXPECT_THAT(Vouch(peer.address()), StatusIs(absl::StatusCode::kUnavailable));
  WriteIdentity("1", next.Issue({kReplica}));
  EXPECT_TRUE(IsReachedSoon(peer.address()));
}

TEST_F(PeerTlsTest, ServerUsesChangedCertificateBesideChannels) {
  const TestAuthority next;
  TlsCredentials* const one =
      Open(Config("1", authority_.Issue({kReplica}),
                  absl::StrCat(authority_.certificate(), next.certificate())));
  TestPeer server(loop_, Nothing, one);
  TestPeer peer(loop_, Nothing,
                Open("2", authority_.Issue({kReplica}), authority_));
  Connect(one);
  EXPECT_THAT(Vouch(peer.address()), IsOk());
  // They stay open.
  std::unique_ptr<PeerChannels> channels = std::move(channels_);
  std::unique_ptr<GrpcPeerLink> link = std::move(link_);

  Connect(Open("3", next.Issue({kReplica}), next));
  EXPECT_THAT(Vouch(server.address()),
              StatusIs(absl::StatusCode::kUnavailable));
  WriteIdentity("1", next.Issue({kReplica}));
  EXPECT_TRUE(IsReachedSoon(server.address()));
  RunOnLoop(loop_, [&] {
    link.reset();
    channels.reset();
  });
}

TEST_F(PeerTlsTest, RequiresAllSettingsOrNone) {
  const auto none = OpenPeerTls(PeerTlsConfig());
  ASSERT_THAT(none, IsOk());
  EXPECT_EQ(*none, nullptr);

  const PeerTlsConfig all =
      Config("1", authority_.Issue({kReplica}), authority_.certificate());
  EXPECT_THAT(OpenPeerTls(all), IsOk());
  PeerTlsConfig config = all;
  config.allowed_names.clear();
  EXPECT_THAT(OpenPeerTls(config),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "--peer_ca_file requires --peer_allowed_names"));
  config = all;
  config.ca_file.clear();
  EXPECT_THAT(OpenPeerTls(config),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "--peer_allowed_names requires --peer_ca_file"));
  config = all;
  config.key_file = folder_ + "/none";
  EXPECT_THAT(OpenPeerTls(config),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       ::testing::StartsWith("--peer_key_file ")));
}

}  // namespace
}  // namespace wriftai
