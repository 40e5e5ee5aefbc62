#include "service/server/shut_down_sockets.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>

#include "absl/strings/numbers.h"

namespace wriftai {
namespace {

bool IsConnectionAt(int fd, int port) {
  int listens = 0;
  socklen_t size = sizeof(listens);
  if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 ||
      listens != 0) {
    return false;
  }
  sockaddr_in6 address = {};
  size = sizeof(address);
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return false;
  }
  // The port is at the same offset for both families.
  return (address.sin6_family == AF_INET || address.sin6_family == AF_INET6) &&
         ntohs(address.sin6_port) == port;
}

bool IsIdle(int fd, absl::Duration silent) {
  tcp_info info = {};
  socklen_t size = sizeof(info);
  int unacknowledged = 0;
  return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 &&
         ioctl(fd, SIOCOUTQ, &unacknowledged) == 0 && unacknowledged == 0 &&
         absl::Milliseconds(std::min(info.tcpi_last_data_recv,
                                     info.tcpi_last_data_sent)) >= silent;
}

template <typename Condition>
void ShutDownIf(int port, Condition condition) {
  DIR* const directory = opendir("/proc/self/fd");
  if (directory == nullptr) return;
  while (const dirent* const entry = readdir(directory)) {
    int fd = 0;
    if (absl::SimpleAtoi(entry->d_name, &fd) && IsConnectionAt(fd, port) &&
        condition(fd)) {
      shutdown(fd, SHUT_RDWR);
    }
  }
  closedir(directory);
}

}  // namespace

void ShutDownConnections(int port) {
  ShutDownIf(port, [](int /*fd*/) { return true; });
}

void ShutDownIdleConnections(int port, absl::Duration silent) {
  ShutDownIf(port, [silent](int fd) { return IsIdle(fd, silent); });
}

}  // namespace wriftai
