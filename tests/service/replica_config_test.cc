#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/parse_config.h"
#include "tests/support/status_matchers.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;

TEST(ReplicaConfigTest, ReplicaActsAloneByDefault) {
  const ReplicaConfig replica = Parse({})->config.replica;
  EXPECT_FALSE(replica.enabled());
  EXPECT_EQ(replica.cluster_name, "wriftai-gateway");
  EXPECT_EQ(replica.outage, cluster::CoordinationOutage::kServe);
}

TEST(ReplicaConfigTest, ParsesReplicaFlags) {
  const auto line = Parse(
      {"--etcd_endpoints=https://a:2379, https://b:2379", "--etcd_ca_file=/e",
       "--etcd_cert_file=/c", "--etcd_key_file=/k", "--cluster_name=eu-1",
       "--peer_address=0.0.0.0:7000", "--peer_advertise=10.0.0.7:7000",
       "--peer_ca_file=/pa", "--peer_cert_file=/pc", "--peer_key_file=/pk",
       "--peer_allowed_names=spiffe://c/ns/a/sa/gateway",
       "--webhook_address=0.0.0.0:8080", "--webhook_secret_file=/w",
       "--webhook_advertise=10.0.0.7:8080", "--coordination_outage=pause"});
  ASSERT_THAT(line, IsOk());
  const ReplicaConfig& replica = line->config.replica;
  EXPECT_TRUE(replica.enabled());
  EXPECT_THAT(replica.etcd.endpoints,
              ElementsAre("https://a:2379", "https://b:2379"));
  EXPECT_EQ(replica.etcd.ca_file, "/e");
  EXPECT_EQ(replica.etcd.cert_file, "/c");
  EXPECT_EQ(replica.etcd.key_file, "/k");
  EXPECT_EQ(replica.cluster_name, "eu-1");
  EXPECT_EQ(replica.peer_address, "0.0.0.0:7000");
  EXPECT_EQ(replica.peer_advertise, "10.0.0.7:7000");
  EXPECT_EQ(replica.peer_tls.ca_file, "/pa");
  EXPECT_EQ(replica.peer_tls.cert_file, "/pc");
  EXPECT_EQ(replica.peer_tls.key_file, "/pk");
  EXPECT_EQ(replica.peer_tls.allowed_names.size(), 1);
  EXPECT_EQ(replica.webhook_advertise, "10.0.0.7:8080");
  EXPECT_EQ(replica.outage, cluster::CoordinationOutage::kPause);
}

TEST(ReplicaConfigTest, ReplicaFlagsRequireEtcdEndpoints) {
  for (const char* flag :
       {"--etcd_ca_file=/f", "--etcd_cert_file=/f", "--etcd_key_file=/f",
        "--cluster_name=a", "--peer_address=127.0.0.1:1",
        "--peer_advertise=127.0.0.1:1", "--peer_ca_file=/f",
        "--peer_cert_file=/f", "--peer_key_file=/f",
        "--peer_allowed_names=a.example", "--webhook_advertise=127.0.0.1:1",
        "--coordination_outage=pause"}) {
    const std::string text = flag;
    EXPECT_THAT(Parse({text}), StatusIs(absl::StatusCode::kInvalidArgument,
                                        text.substr(0, text.find('=')) +
                                            " requires --etcd_endpoints"));
  }
}

TEST(ReplicaConfigTest, RejectsUnusableReplicaSettings) {
  const std::string etcd = "--etcd_endpoints=http://127.0.0.1:2379";
  const std::string peers = "--peer_address=127.0.0.1:7000";
  const std::pair<std::vector<std::string>, const char*> rows[] = {
      {{"--etcd_endpoints=", peers},
       "--etcd_endpoints: expected URLs such as "
       "https://etcd-0.example.com:2379, not "},
      {{"--etcd_endpoints=http://etcd:2379", peers},
       "--etcd_endpoints: http://etcd:2379: expected https:// for another "
       "machine"},
      {{etcd, peers, "--etcd_ca_file=/f"},
       "--etcd_{ca,cert,key}_file require https:// in --etcd_endpoints"},
      {{"--etcd_endpoints=https://h", peers, "--etcd_key_file=/f"},
       "--etcd_key_file requires --etcd_cert_file"},
      {{etcd}, "--etcd_endpoints requires --peer_address"},
      {{etcd, peers, "--sandbox"},
       "--sandbox and --etcd_endpoints: expected one of them, as each replica "
       "would have a sandbox of its own"},
      {{etcd, "--peer_address=0.0.0.0:7000"},
       "--peer_address=0.0.0.0:7000 requires --peer_cert_file; without TLS, "
       "expected an address of this machine"},
      {{etcd, peers, "--peer_advertise=10.0.0.7:7000"},
       "--peer_advertise=10.0.0.7:7000 requires --peer_cert_file; without TLS, "
       "expected an address of this machine"},
      {{etcd, "--peer_address=[::]:7000", "--peer_ca_file=/f",
        "--peer_cert_file=/f", "--peer_key_file=/f",
        "--peer_allowed_names=a.b"},
       "--peer_address=[::]:7000 requires --peer_advertise, at which other "
       "replicas reach it"},
      {{etcd, peers, "--peer_cert_file=/f"},
       "--peer_cert_file requires --peer_allowed_names"},
      {{etcd, peers, "--webhook_advertise=127.0.0.1:1"},
       "--webhook_advertise requires --webhook_address"},
      {{etcd, peers, "--webhook_address=0.0.0.0:1", "--webhook_allow_unsigned"},
       "--webhook_address=0.0.0.0:1 requires --webhook_advertise, at which "
       "other replicas reach it"},
      {{etcd, peers, "--health_address=127.0.0.1:7000"},
       "--health_address and --peer_address both are 127.0.0.1:7000: expected "
       "another port"},
      {{etcd, peers, "--coordination_outage=stop"},
       "--coordination_outage: expected serve or pause"},
  };
  for (const auto& [arguments, message] : rows) {
    EXPECT_THAT(Parse(arguments),
                StatusIs(absl::StatusCode::kInvalidArgument, message));
  }
  ExpectRejected("--cluster_name", {"", "a/b", "a b", std::string(64, 'a')},
                 {etcd, peers});
  ExpectRejected("--peer_advertise",
                 {"", "h", "h:0", "0.0.0.0:1", "[::]:1", "[fe80::1%eth0]:1"},
                 {etcd, peers});
  ExpectRejected("--peer_address", {"", "h", "unix:/tmp/x:0"}, {etcd});
}

TEST(ReplicaConfigTest, WarnsAboutBudgetShareOfReplicasThatActAsOne) {
  std::vector<std::string> arguments = {
      "--etcd_endpoints=http://localhost:2379", "--peer_address=localhost:0"};
  EXPECT_TRUE(Parse(arguments)->warnings.empty());
  arguments.emplace_back("--budget_share=0.5");
  EXPECT_EQ(Parse(arguments)->warnings.size(), 1);
}

}  // namespace
}  // namespace wriftai
