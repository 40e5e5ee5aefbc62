#include "upstream/core/shut_down_sockets.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "absl/strings/numbers.h"

namespace wriftai {
namespace {

bool IsAt(int fd, int port, SocketKind kind) {
  int listens = 0;
  socklen_t size = sizeof(listens);
  if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 ||
      (listens != 0) != (kind == SocketKind::kListening)) {
    return false;
  }
  sockaddr_in6 address = {};
  size = sizeof(address);
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return false;
  }
  // The port stands in the same place for both families.
  return (address.sin6_family == AF_INET || address.sin6_family == AF_INET6) &&
         ntohs(address.sin6_port) == port;
}

}  // namespace

void ShutDownSockets(int port, SocketKind kind) {
  DIR* const directory = opendir("/proc/self/fd");
  if (directory == nullptr) return;
  while (const dirent* const entry = readdir(directory)) {
    int fd = 0;
    if (absl::SimpleAtoi(entry->d_name, &fd) && IsAt(fd, port, kind)) {
      shutdown(fd, SHUT_RDWR);
    }
  }
  closedir(directory);
}

}  // namespace wriftai
