#include "service/server/memory_guard.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "base/socket_address.h"
#include "service/server/allocator.h"

namespace wriftai {
namespace {

// A fraction of the limit. Above it, the connections with the most undelivered
// bytes are closed until the others have sent less than kMaxUndelivered of the
// limit in total. gRPC takes up to three bytes per byte of headers, and more
// when they end.
constexpr double kSuspectAt = 0.5;
constexpr double kMaxUndelivered = 0.125;

// A fraction of the limit. Above it, unproductive connections are closed if
// memory has grown by kSurge within kSurgeSeconds, and by more than kAmplified
// times what they sent. A connection is unproductive if it has sent at least
// kUnproductive undelivered bytes, and at least as many as delivered ones, each
// beyond the updates of flow-control windows for what it received. A reset
// stream of 30 to 250 bytes takes 20 kB; an upload takes at most three times
// its size.
constexpr double kSurgeAt = 0.35;
constexpr int64_t kSurge = int64_t{32} << 20;
constexpr int64_t kAmplified = 8;
constexpr int64_t kUnproductive = int64_t{16} << 10;

// For each frame of 16 KiB, a client may send two updates of 13 bytes, for the
// stream and the connection, in a TLS record of their own.
constexpr int64_t kReceivedPerUpdateByte = 256;

// A fraction of the limit. Above it, unproductive connections are closed
// unconditionally. If there are none, those with at least half as many
// undelivered bytes as the worst one are closed.
constexpr double kCloseAt = 0.75;

// A preface and the headers of one or two calls.
constexpr int64_t kHarmlessBytes = 1024;

constexpr absl::Duration kPeriod = absl::Milliseconds(20);

// Checking 2,000 connections takes about 5 ms. So between kSuspectAt and
// kCloseAt they are checked when memory has grown by this, or after a second.
constexpr int64_t kSuspectGrowth = int64_t{8} << 20;
constexpr absl::Duration kSuspectPeriod = absl::Seconds(1);

// How often memory is trimmed after a connection was closed, once per
// kSuspectPeriod: gRPC frees its memory within seconds.
constexpr int kTrims = 5;

// How often closed connections are removed from DeliveredBytes.
constexpr absl::Duration kForgetPeriod = absl::Minutes(1);

// How long gRPC may take to free the memory of a closed connection. Until then
// another one is closed only if memory grows by kRegrowth.
constexpr absl::Duration kSettleTime = absl::Seconds(2);
constexpr int64_t kRegrowth = int64_t{32} << 20;

// TCP_ESTABLISHED of <netinet/tcp.h>, whose tcp_info lacks the byte counts.
constexpr uint8_t kEstablished = 1;

// Version 1 reports "no limit" as a number near 2^63.
constexpr int64_t kNoLimit = int64_t{1} << 60;

int64_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  int64_t size = 0;
  int64_t resident = 0;
  statm >> size >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

// ADDRESS:PORT as gRPC formats it: an IPv4-mapped IPv6 address becomes IPv4.
std::string PeerOf(int fd) {
  const auto peer = PeerAddressOf(fd);
  if (!peer.has_value()) return "";
  return absl::StrCat(IpOf(*peer), ":", SocketPortOf(*peer));
}

// Of the socket; nullopt if it is not a connection to `port`.
std::optional<tcp_info> InfoOf(int fd, int port) {
  sockaddr_in6 address = {};
  socklen_t size = sizeof(address);
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
      (address.sin6_family != AF_INET && address.sin6_family != AF_INET6) ||
      ntohs(address.sin6_port) != port) {  // Same offset for IPv4.
    return std::nullopt;
  }
  tcp_info info = {};
  size = sizeof(info);
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 ||
      info.tcpi_state != kEstablished) {
    return std::nullopt;
  }
  return info;
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

int64_t MemoryGuard::RecentLow::GrowthTo(int64_t resident,
                                         absl::Duration elapsed) {
  since_ += elapsed;
  if (since_ >= absl::Seconds(1)) {
    since_ = absl::ZeroDuration();
    std::rotate(lows_.begin(), lows_.end() - 1, lows_.end());
    lows_.front() = resident;
  }
  lows_.front() = std::min(lows_.front(), resident);
  return resident - *std::min_element(lows_.begin(), lows_.end());
}

std::optional<int64_t> ControlGroupMemoryLimit() {
  // Lines such as `4:memory:/path` or, for version 2, `0::/path` (cgroups(7)).
  // In a container the path may be the host's, with the limit at the root.
  std::ifstream groups("/proc/self/cgroup");
  std::string line;
  while (std::getline(groups, line)) {
    const std::vector<std::string> parts =
        absl::StrSplit(line, absl::MaxSplits(':', 2));
    if (parts.size() != 3) continue;
    const bool is_v2 = parts[1].empty();
    if (!is_v2 && parts[1] != "memory") continue;
    for (const std::string& path : {parts[2], std::string()}) {
      const auto limit =
          LimitIn(is_v2 ? absl::StrCat("/sys/fs/cgroup", path, "/memory.max")
                        : absl::StrCat("/sys/fs/cgroup/memory", path,
                                       "/memory.limit_in_bytes"));
      if (limit.has_value()) return limit;
    }
  }
  return std::nullopt;
}

struct MemoryGuard::Connection {
  int fd;
  std::string peer;
  uint64_t received;
  int64_t undelivered;
  int64_t updates;  // At most so many of `undelivered` are window updates.
};

struct MemoryGuard::Unproductive {
  std::vector<Connection> connections;
  int64_t undelivered = 0;  // Total of all connections.
};

MemoryGuard::MemoryGuard(int port, int64_t limit, DeliveredBytes& delivered,
                         OnClosed on_closed)
    : port_(port),
      limit_(limit),
      delivered_(delivered),
      on_closed_(std::move(on_closed)),
      thread_([this] { Run(); }) {}

MemoryGuard::~MemoryGuard() {
  stop_.Notify();
  thread_.join();
}

std::vector<MemoryGuard::Connection> MemoryGuard::Connections() {
  std::vector<Connection> connections;
  DIR* const directory = opendir("/proc/self/fd");
  if (directory == nullptr) return connections;
  while (const dirent* const entry = readdir(directory)) {
    int fd = 0;
    if (!absl::SimpleAtoi(entry->d_name, &fd)) continue;
    const auto info = InfoOf(fd, port_);
    if (!info.has_value()) continue;
    const std::string peer = PeerOf(fd);
    const auto received = static_cast<int64_t>(info->tcpi_bytes_received);
    const auto sent = static_cast<int64_t>(info->tcpi_bytes_acked);
    connections.push_back({fd, peer, info->tcpi_bytes_received,
                           received - delivered_.Get(peer),
                           sent / kReceivedPerUpdateByte});
  }
  closedir(directory);
  return connections;
}

void MemoryGuard::Close(const Connection& connection) {
  // The descriptor may have been closed and reused by another connection.
  if (PeerOf(connection.fd) != connection.peer) return;
  const int64_t resident = ResidentBytes();
  // connect(2) with AF_UNSPEC resets the connection and discards the data in
  // the kernel, which gRPC would still read. After a shutdown() the peer could
  // keep the connection open by not reading.
  const sockaddr none = {AF_UNSPEC, {}};
  if (connect(connection.fd, &none, sizeof(none)) != 0) {
    shutdown(connection.fd, SHUT_RDWR);
  }
  trims_left_ = kTrims;
  on_closed_({connection.peer, connection.received, resident});
}

MemoryGuard::Unproductive MemoryGuard::UnproductiveConnections() {
  Unproductive found;
  for (Connection& connection : Connections()) {
    if (!IsUnproductive(connection)) continue;
    found.undelivered += connection.undelivered;
    found.connections.push_back(std::move(connection));
  }
  return found;
}

void MemoryGuard::CloseUndelivered() {
  auto [unproductive, sent] = UnproductiveConnections();
  std::sort(unproductive.begin(), unproductive.end(),
            [](const Connection& a, const Connection& b) {
              return a.undelivered > b.undelivered;
            });
  const auto max =
      static_cast<int64_t>(kMaxUndelivered * static_cast<double>(limit_));
  for (const Connection& connection : unproductive) {
    if (sent < max) break;
    Close(connection);
    sent -= connection.undelivered;
  }
}

bool MemoryGuard::IsUnproductive(const Connection& connection) {
  const auto delivered =
      static_cast<int64_t>(connection.received) - connection.undelivered;
  const int64_t unexplained = connection.undelivered - connection.updates;
  return unexplained >= kUnproductive && unexplained >= delivered;
}

bool MemoryGuard::CloseAmplified(int64_t growth) {
  const auto [unproductive, sent] = UnproductiveConnections();
  if (unproductive.empty() || growth <= kAmplified * sent) return false;
  for (const Connection& connection : unproductive) Close(connection);
  return true;
}

void MemoryGuard::CloseWorst() {
  const std::vector<Connection> connections = Connections();
  bool closed = false;
  int64_t worst = 0;
  for (const Connection& connection : connections) {
    worst = std::max(worst, connection.undelivered);
    if (!IsUnproductive(connection)) continue;
    Close(connection);
    closed = true;
  }
  if (closed) return;
  for (const Connection& connection : connections) {
    if (connection.undelivered >= std::max(worst / 2, kHarmlessBytes)) {
      Close(connection);
    }
  }
}

void MemoryGuard::Run() {
  const auto fraction = [this](double of_limit) {
    return static_cast<int64_t>(of_limit * static_cast<double>(limit_));
  };
  absl::Duration since_closed = kSettleTime;
  absl::Duration since_suspected = kSuspectPeriod;
  absl::Duration since_forgotten = absl::ZeroDuration();
  int64_t suspected_at = 0;  // Resident bytes at the last check.
  int64_t settled_at = 0;    // Close no more below this while settling.
  while (!stop_.WaitForNotificationWithTimeout(kPeriod)) {
    since_closed += kPeriod;
    since_suspected += kPeriod;
    since_forgotten += kPeriod;
    if (since_forgotten >= kForgetPeriod) {
      since_forgotten = absl::ZeroDuration();
      std::set<std::string> peers;
      for (const Connection& open : Connections()) peers.insert(open.peer);
      delivered_.Retain(peers);
    }
    int64_t resident = ResidentBytes();
    const int64_t growth = recent_.GrowthTo(resident, kPeriod);
    if (resident >= fraction(kSurgeAt) && growth >= kSurge &&
        CloseAmplified(growth)) {
      recent_ = RecentLow(resident);
    }
    if (resident < fraction(kSuspectAt)) continue;
    if (since_suspected >= kSuspectPeriod ||
        resident >= suspected_at + kSuspectGrowth) {
      if (trims_left_ > 0 && since_suspected >= kSuspectPeriod) {
        --trims_left_;
        ReturnFreedMemory();
      }
      since_suspected = absl::ZeroDuration();
      suspected_at = resident;
      CloseUndelivered();
    }
    if (resident < fraction(kCloseAt)) continue;
    // Freed memory that was not returned to the kernel may be the whole excess.
    if (since_closed >= kSettleTime) ReturnFreedMemory();
    resident = ResidentBytes();
    if (resident < fraction(kCloseAt) ||
        (since_closed < kSettleTime && resident < settled_at)) {
      continue;
    }
    since_closed = absl::ZeroDuration();
    settled_at = resident + kRegrowth;
    CloseWorst();
  }
}

}  // namespace wriftai
