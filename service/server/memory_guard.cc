#include "service/server/memory_guard.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <linux/tcp.h>
#include <malloc.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"

namespace wriftai {
namespace {

// Of the limit: where connections are closed. What is left, 128 MiB of 512, is
// for what gRPC still takes for a closed connection: the headers of a flood
// were seen to take a fifth more at their end.
constexpr double kCloseAt = 0.75;

constexpr absl::Duration kPeriod = absl::Milliseconds(20);

// What gRPC may need to free what a closed connection had. Another one is
// closed before that only if memory grows on by kGrowth.
constexpr absl::Duration kSettle = absl::Seconds(2);
constexpr int64_t kGrowth = int64_t{32} << 20;

// TCP_ESTABLISHED of <netinet/tcp.h>, whose tcp_info lacks the bytes.
constexpr uint8_t kEstablished = 1;

// Version 1 shows "no limit" as a number near 2^63.
constexpr int64_t kNoLimit = int64_t{1} << 60;

int64_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  int64_t size = 0;
  int64_t resident = 0;
  statm >> size >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

std::string AddressOfPeer(int fd) {
  sockaddr_in6 peer = {};
  socklen_t size = sizeof(peer);
  char text[INET6_ADDRSTRLEN] = "";
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) {
    return text;
  }
  if (peer.sin6_family == AF_INET6) {
    inet_ntop(AF_INET6, &peer.sin6_addr, text, sizeof(text));
  } else if (peer.sin6_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<sockaddr_in*>(&peer)->sin_addr, text,
              sizeof(text));
  }
  return text;
}

// The bytes that came in on the socket, where it is a connection to `port`.
std::optional<uint64_t> ReceivedAt(int fd, int port) {
  sockaddr_in6 address = {};
  socklen_t size = sizeof(address);
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
      (address.sin6_family != AF_INET && address.sin6_family != AF_INET6) ||
      ntohs(address.sin6_port) != port) {  // In the same place for both.
    return std::nullopt;
  }
  tcp_info info = {};
  size = sizeof(info);
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 ||
      info.tcpi_state != kEstablished) {
    return std::nullopt;
  }
  return info.tcpi_bytes_received;
}

// Closes the connection to `port` that has sent most; nothing where there is
// none.
std::optional<ClosedConnection> CloseHeaviest(int port) {
  DIR* const directory = opendir("/proc/self/fd");
  if (directory == nullptr) return std::nullopt;
  int heaviest = -1;
  uint64_t most = 0;
  while (const dirent* const entry = readdir(directory)) {
    int fd = 0;
    if (!absl::SimpleAtoi(entry->d_name, &fd)) continue;
    const auto received = ReceivedAt(fd, port);
    if (received.has_value() && (heaviest < 0 || *received > most)) {
      heaviest = fd;
      most = *received;
    }
  }
  closedir(directory);
  if (heaviest < 0) return std::nullopt;
  ClosedConnection closed;
  closed.peer = AddressOfPeer(heaviest);
  closed.received_bytes = most;
  shutdown(heaviest, SHUT_RDWR);
  return closed;
}

std::optional<int64_t> LimitIn(const std::string& path) {
  std::ifstream file(path);
  std::string text;
  int64_t limit = 0;
  if (!(file >> text) || !absl::SimpleAtoi(text, &limit) || limit >= kNoLimit) {
    return std::nullopt;
  }
  return limit;
}

}  // namespace

std::optional<int64_t> ControlGroupMemoryLimit() {
  // Lines such as `4:memory:/path` or, for version 2, `0::/path`
  // (cgroups(7)). In a container the path may be the host's, and the limit be
  // at the root.
  std::ifstream groups("/proc/self/cgroup");
  std::string line;
  while (std::getline(groups, line)) {
    const std::vector<std::string> parts =
        absl::StrSplit(line, absl::MaxSplits(':', 2));
    if (parts.size() != 3) continue;
    const bool second = parts[1].empty();
    if (!second && parts[1] != "memory") continue;
    for (const std::string& path : {parts[2], std::string()}) {
      const auto limit =
          LimitIn(second ? absl::StrCat("/sys/fs/cgroup", path, "/memory.max")
                         : absl::StrCat("/sys/fs/cgroup/memory", path,
                                        "/memory.limit_in_bytes"));
      if (limit.has_value()) return limit;
    }
  }
  return std::nullopt;
}

MemoryGuard::MemoryGuard(int port, int64_t limit, OnClosed on_closed)
    : port_(port),
      limit_(limit),
      on_closed_(std::move(on_closed)),
      thread_([this] { Run(); }) {}

MemoryGuard::~MemoryGuard() {
  stop_.Notify();
  thread_.join();
}

void MemoryGuard::Run() {
  const auto close_at =
      static_cast<int64_t>(kCloseAt * static_cast<double>(limit_));
  absl::Duration since_closed = kSettle;
  int64_t settled_at = 0;  // What is resident then is what the last one had.
  while (!stop_.WaitForNotificationWithTimeout(kPeriod)) {
    since_closed += kPeriod;
    if (ResidentBytes() < close_at) continue;
    // What was freed, but not given back, may be all that is too much.
    if (since_closed >= kSettle) malloc_trim(0);
    const int64_t resident = ResidentBytes();
    if (resident < close_at ||
        (since_closed < kSettle && resident < settled_at)) {
      continue;
    }
    since_closed = absl::ZeroDuration();
    settled_at = resident + kGrowth;
    auto closed = CloseHeaviest(port_);
    if (!closed.has_value()) continue;
    closed->resident_bytes = resident;
    on_closed_(*closed);
  }
}

}  // namespace wriftai
