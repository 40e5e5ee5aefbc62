#include "base/delivered_bytes.h"

#include "gtest/gtest.h"

namespace wriftai {
namespace {

TEST(DeliveredBytesTest, SumsBytesByGrpcPeerString) {
  DeliveredBytes delivered;
  delivered.Add("ipv4:192.0.2.1:4711", 5);
  delivered.Add("ipv4:192.0.2.1:4711", 2);
  delivered.Add("ipv6:%5B2001:db8::1%5D:4711", 3);
  delivered.Add("ipv6:[2001:db8::1]:4711", 1);
  EXPECT_EQ(delivered.Get("192.0.2.1:4711"), 7);
  EXPECT_EQ(delivered.Get("2001:db8::1:4711"), 4);
  EXPECT_EQ(delivered.Get("192.0.2.1:4712"), 0);
}

TEST(DeliveredBytesTest, RetainRemovesOtherPeers) {
  DeliveredBytes delivered;
  delivered.Add("ipv4:192.0.2.1:1", 1);
  delivered.Add("ipv4:192.0.2.1:2", 1);
  delivered.Retain({"192.0.2.1:2"});
  EXPECT_EQ(delivered.Get("192.0.2.1:1"), 0);
  EXPECT_EQ(delivered.Get("192.0.2.1:2"), 1);
}

}  // namespace
}  // namespace wriftai
