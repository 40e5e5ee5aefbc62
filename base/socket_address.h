#ifndef WRIFTAI_BASE_SOCKET_ADDRESS_H_
#define WRIFTAI_BASE_SOCKET_ADDRESS_H_

#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>
#include <string>

// Addresses of IPv4 and IPv6 sockets. All functions: any thread.

namespace wriftai {

// The IP as text, without a port. An IPv4-mapped IPv6 address, as an IPv4
// client of a socket for both families has, is IPv4. Empty for other families.
std::string IpOf(const sockaddr_storage& address);

// Whether the address is IPv4 or IPv4-mapped.
bool IsIpv4(const sockaddr_storage& address);

// The port of an IPv4 or IPv6 address.
int SocketPortOf(const sockaddr_storage& address);

// The other end of the socket `fd`. nullopt: it is not connected.
std::optional<sockaddr_storage> PeerAddressOf(int fd);

}  // namespace wriftai

#endif  // WRIFTAI_BASE_SOCKET_ADDRESS_H_
