#include "base/tcp_listener.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace wriftai {
namespace {

struct FreeAddresses {
  void operator()(addrinfo* addresses) const { freeaddrinfo(addresses); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

absl::Status CannotListen(const std::string& address, const std::string& why) {
  return absl::UnavailableError(
      absl::StrCat("cannot listen on ", address, ": ", why));
}

// The port is at the same offset in addresses of both families.
int PortOf(int socket) {
  sockaddr_storage bound = {};
  socklen_t size = sizeof(bound);
  getsockname(socket, reinterpret_cast<sockaddr*>(&bound), &size);
  return ntohs(reinterpret_cast<const sockaddr_in*>(&bound)->sin_port);
}

// Returns an invalid descriptor and sets errno if it cannot listen.
UniqueFd Listen(const addrinfo& address, int port) {
  sockaddr_storage where = {};
  std::memcpy(&where, address.ai_addr, address.ai_addrlen);
  if (port != 0) {
    reinterpret_cast<sockaddr_in*>(&where)->sin_port =
        htons(static_cast<uint16_t>(port));
  }
  UniqueFd fd(socket(address.ai_family,
                     SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  if (fd.get() < 0) return fd;
  const int on = 1;
  const int off = 0;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (address.ai_family == AF_INET6) {
    setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
  }
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&where),
           address.ai_addrlen) == 0 &&
      listen(fd.get(), SOMAXCONN) == 0) {
    return fd;
  }
  const int error = errno;
  fd = UniqueFd();
  errno = error;
  return fd;
}

// Whether a machine without IPv6 returns this error for an IPv6 address.
bool IsMissingFamily(int error) {
  return error == EAFNOSUPPORT || error == EADDRNOTAVAIL;
}

absl::StatusOr<Addresses> Resolve(const std::string& host,
                                  const std::string& port) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int failure = getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
  if (failure != 0) return absl::UnavailableError(gai_strerror(failure));
  return Addresses(found);
}

}  // namespace

absl::StatusOr<TcpListener> ListenOn(const std::string& address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos) {
    return CannotListen(address, "expected HOST:PORT");
  }
  absl::string_view host = absl::string_view(address).substr(0, colon);
  if (absl::ConsumePrefix(&host, "[")) absl::ConsumeSuffix(&host, "]");
  const bool is_wildcard = host == "0.0.0.0" || host == "::";

  TcpListener listener;
  int error = 0;
  // A socket on the IPv6 wildcard accepts both families; a machine without IPv6
  // needs the IPv4 wildcard.
  const std::vector<std::string> hosts =
      is_wildcard ? std::vector<std::string>{"::", "0.0.0.0"}
                  : std::vector<std::string>{std::string(host)};
  for (const std::string& name : hosts) {
    const auto addresses = Resolve(name, address.substr(colon + 1));
    if (!addresses.ok()) {
      return CannotListen(address, std::string(addresses.status().message()));
    }
    for (const addrinfo* a = addresses->get(); a != nullptr; a = a->ai_next) {
      UniqueFd socket = Listen(*a, listener.port);
      if (socket.get() >= 0) {
        listener.port = PortOf(socket.get());
        listener.sockets.push_back(std::move(socket));
      } else if (error == 0 || !IsMissingFamily(errno)) {
        error = errno;
      }
    }
    if (!listener.sockets.empty()) break;
    if (!IsMissingFamily(error)) break;
  }
  if (listener.sockets.empty() || (error != 0 && !IsMissingFamily(error))) {
    return CannotListen(address, std::generic_category().message(error));
  }
  return listener;
}

bool IsOutOfResources(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS ||
         error == ENOMEM;
}

}  // namespace wriftai
