#include "base/spelling.h"

#include <string>

#include "base/service_links.h"
#include "gtest/gtest.h"

namespace wriftai {
namespace {

TEST(SpellingTest, EditDistanceCountsInsertionsDeletionsAndSubstitutions) {
  EXPECT_EQ(EditDistance("", ""), 0);
  EXPECT_EQ(EditDistance("", "abc"), 3);
  EXPECT_EQ(EditDistance("ADRESS", "ADDRESS"), 1);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3);
}

TEST(SpellingTest, NearestNameHasSmallestEditDistance) {
  EXPECT_EQ(NearestName("max_wiat", {"max_wait", "max_waits"}), "max_wait");
  EXPECT_EQ(NearestName("log", {"listen_address", "tls_key_file"}), "");
  EXPECT_EQ(NearestName("", {"a"}), "");
  EXPECT_EQ(NearestName(std::string(1 << 20, 'a'), {"a"}), "");
}

TEST(ServiceLinkTest, AcceptsKubernetesAndDockerPatterns) {
  const std::pair<const char*, const char*> links[] = {
      {"GATEWAY_SERVICE_HOST", "10.0.0.1"},
      {"GATEWAY_SERVICE_PORT", "50051"},
      {"GATEWAY_SERVICE_PORT_GRPC", "50051"},
      {"GATEWAY_PORT", "tcp://10.0.0.1:50051"},
      {"GATEWAY_PORT", "50051"},
      {"GATEWAY_PORT_50051_TCP", "tcp://10.0.0.1:50051"},
      {"GATEWAY_PORT_50051_TCP_ADDR", "10.0.0.1"},
      {"GATEWAY_PORT_53_UDP_PROTO", "udp"},
      {"GATEWAY_A_B_PORT_80_SCTP_PORT", "80"},
      {"GATEWAY_A_PORT", "tcp://10.0.0.1:80"},
      {"GATEWAY_NAME", "/caller/gateway"},
      {"GATEWAY_ENV_HOME", "/"}};
  for (const auto& [name, value] : links) {
    EXPECT_TRUE(IsServiceLink(name, value)) << name;
  }
}

TEST(ServiceLinkTest, RejectsSimilarSettings) {
  const std::pair<const char*, const char*> others[] = {
      {"GATEWAY_LISTEN_ADRESS", "tcp://10.0.0.1:50051"},
      {"GATEWAY_HTTP_PORT", "20051"},
      {"GATEWAY_SERVICE", "x"},
      {"GATEWAY_SERVICE_HOSTS", "x"},
      {"GATEWAY_PORT_TCP", "x"},
      {"GATEWAY_PORT_80_TLS", "x"},
      {"GATEWAY_PORT_80_TCP_X", "x"},
      {"GATEWAY_NAME", "gateway"},
      {"GATEWAY_ENV", "production"},
      {"GATEWAY", "x"},
      {"", "x"}};
  for (const auto& [name, value] : others) {
    EXPECT_FALSE(IsServiceLink(name, value)) << name;
  }
}

}  // namespace
}  // namespace wriftai
