#include "service/peers/peer_address.h"

#include "gtest/gtest.h"

namespace wriftai {
namespace {

TEST(PeerAddressTest, AcceptsHostsWithAPort) {
  EXPECT_TRUE(IsPeerAddress("10.0.0.1:50052"));
  EXPECT_TRUE(IsPeerAddress("[2001:db8::1]:50052"));
  EXPECT_TRUE(IsPeerAddress("gateway-0.gateway:50052"));
}

TEST(PeerAddressTest, RejectsWhatCannotBeConnectedTo) {
  EXPECT_FALSE(IsPeerAddress(""));
  EXPECT_FALSE(IsPeerAddress("10.0.0.1"));
  EXPECT_FALSE(IsPeerAddress("10.0.0.1:0"));
  EXPECT_FALSE(IsPeerAddress("10.0.0.1:65536"));
  EXPECT_FALSE(IsPeerAddress("/run/socket:1"));
  EXPECT_FALSE(IsPeerAddress("[fe80::1%eth0]:50052"));
  EXPECT_FALSE(IsPeerAddress("a b:1"));
}

TEST(PeerAddressTest, TargetIsNeverAnotherScheme) {
  EXPECT_EQ(TargetOf("unix:1"), "dns:///unix:1");
  EXPECT_EQ(TargetOf("[::1]:50052"), "dns:///%5B::1%5D:50052");
}

}  // namespace
}  // namespace wriftai
