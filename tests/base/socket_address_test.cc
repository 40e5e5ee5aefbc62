#include "base/socket_address.h"

#include <arpa/inet.h>

#include <cstdint>

#include "base/unique_fd.h"
#include "gtest/gtest.h"

namespace wriftai {
namespace {

sockaddr_storage Ipv4(const char* ip, uint16_t port = 0) {
  sockaddr_storage address = {};
  auto& v4 = reinterpret_cast<sockaddr_in&>(address);
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  EXPECT_EQ(inet_pton(AF_INET, ip, &v4.sin_addr), 1) << ip;
  return address;
}

sockaddr_storage Ipv6(const char* ip, uint16_t port = 0) {
  sockaddr_storage address = {};
  auto& v6 = reinterpret_cast<sockaddr_in6&>(address);
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  EXPECT_EQ(inet_pton(AF_INET6, ip, &v6.sin6_addr), 1) << ip;
  return address;
}

TEST(SocketAddressTest, FormatsIpv4) {
  EXPECT_EQ(IpOf(Ipv4("192.0.2.7")), "192.0.2.7");
  EXPECT_TRUE(IsIpv4(Ipv4("192.0.2.7")));
}

TEST(SocketAddressTest, FormatsIpv6) {
  EXPECT_EQ(IpOf(Ipv6("2001:db8::7")), "2001:db8::7");
  EXPECT_FALSE(IsIpv4(Ipv6("2001:db8::7")));
}

TEST(SocketAddressTest, FormatsIpv4MappedAddressAsIpv4) {
  EXPECT_EQ(IpOf(Ipv6("::ffff:192.0.2.7")), "192.0.2.7");
  EXPECT_TRUE(IsIpv4(Ipv6("::ffff:192.0.2.7")));
}

TEST(SocketAddressTest, FormatsOtherFamiliesAsEmpty) {
  sockaddr_storage address = {};
  address.ss_family = AF_UNIX;
  EXPECT_EQ(IpOf(address), "");
  EXPECT_FALSE(IsIpv4(address));
}

TEST(SocketAddressTest, ReadsPortOfBothFamilies) {
  EXPECT_EQ(SocketPortOf(Ipv4("192.0.2.7", 50051)), 50051);
  EXPECT_EQ(SocketPortOf(Ipv6("2001:db8::7", 50051)), 50051);
}

TEST(SocketAddressTest, FindsPeerOfConnectedSocket) {
  // A UDP socket is connected without a server.
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const sockaddr_storage to = Ipv4("127.0.0.1", 9);
  ASSERT_EQ(connect(socket.get(), reinterpret_cast<const sockaddr*>(&to),
                    sizeof(sockaddr_in)),
            0);
  const auto peer = PeerAddressOf(socket.get());
  ASSERT_TRUE(peer.has_value());
  EXPECT_EQ(IpOf(*peer), "127.0.0.1");
  EXPECT_EQ(SocketPortOf(*peer), 9);
}

TEST(SocketAddressTest, FindsNoPeerOfUnconnectedSocket) {
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  EXPECT_FALSE(PeerAddressOf(socket.get()).has_value());
  EXPECT_FALSE(PeerAddressOf(-1).has_value());
}

}  // namespace
}  // namespace wriftai
