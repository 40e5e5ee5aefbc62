#include "service/etcd/etcd_config.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;

std::string ErrorOf(const EtcdConfig& config) {
  const auto addresses = ParseEtcdEndpoints(config);
  EXPECT_THAT(addresses, StatusIs(absl::StatusCode::kInvalidArgument));
  return std::string(addresses.status().message());
}

TEST(EtcdConfigTest, ParsesEndpoints) {
  const auto tls =
      ParseEtcdEndpoints({{"https://etcd-0.example.com:2390/",
                           "https://etcd-1.example.com", "https://[::1]"},
                          "",
                          "",
                          ""});
  ASSERT_THAT(tls, IsOk());
  EXPECT_TRUE(tls->tls);
  EXPECT_THAT(tls->host_ports,
              ElementsAre("etcd-0.example.com:2390", "etcd-1.example.com:2379",
                          "[::1]:2379"));
  const auto plain = ParseEtcdEndpoints({{"http://localhost:1"}, "", "", ""});
  ASSERT_THAT(plain, IsOk());
  EXPECT_FALSE(plain->tls);
}

TEST(EtcdConfigTest, RejectsInvalidEndpoints) {
  EXPECT_EQ(ErrorOf({}), "--etcd_endpoints: expected 1 to 16 URLs");
  for (const char* const endpoint :
       {"", "etcd:2379", "https://", "https://a:0", "https://a/path",
        "https://user@a", "unix:///run/etcd"}) {
    EXPECT_EQ(ErrorOf({{endpoint}, "", "", ""}),
              std::string("--etcd_endpoints: expected URLs such as "
                          "https://etcd-0.example.com:2379, not ") +
                  endpoint);
  }
}

TEST(EtcdConfigTest, RejectsPlaintextToAnotherMachine) {
  EXPECT_EQ(ErrorOf({{"http://etcd-0.example.com:2379"}, "", "", ""}),
            "--etcd_endpoints: http://etcd-0.example.com:2379: expected "
            "https:// for another machine");
  EXPECT_EQ(ErrorOf({{"https://localhost", "http://localhost"}, "", "", ""}),
            "--etcd_endpoints: expected either all https:// or all http://");
  EXPECT_EQ(ErrorOf({{"http://localhost", "https://localhost"}, "", "", ""}),
            "--etcd_endpoints: expected either all https:// or all http://");
}

TEST(EtcdConfigTest, RejectsFilesThatDoNotBelongTogether) {
  EXPECT_EQ(ErrorOf({{"http://localhost"}, "ca", "", ""}),
            "--etcd_{ca,cert,key}_file require https:// in --etcd_endpoints");
  EXPECT_EQ(ErrorOf({{"https://localhost"}, "", "cert", ""}),
            "--etcd_cert_file requires --etcd_key_file");
  EXPECT_EQ(ErrorOf({{"https://localhost"}, "", "", "key"}),
            "--etcd_key_file requires --etcd_cert_file");
}

}  // namespace
}  // namespace wriftai
