#include "service/server/connection_table.h"

#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/unique_fd.h"

namespace wriftai {
namespace {

// One peer may hold this many times the number of free connections.
constexpr size_t kPeerShare = 8;

// Connections checked for each new one at the limit. Takes some microseconds,
// which keeps floods cheap.
constexpr size_t kMaxCheckedOnAdd = 64;

// Returns 0 if `fd` is closed.
ino_t InodeOf(int fd) {
  struct stat found = {};
  return fstat(fd, &found) == 0 ? found.st_ino : 0;
}

bool HasSentNothing(int fd) {
  tcp_info info = {};
  socklen_t size = sizeof(info);
  return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 &&
         info.tcpi_bytes_received == 0;
}

// gRPC may close `fd` at any moment, and another socket may reuse its number. A
// duplicate refers to the same socket during the check and the shutdown.
void ShutDown(int fd, ino_t inode) {
  const UniqueFd duplicate(fcntl(fd, F_DUPFD_CLOEXEC, 0));
  if (duplicate.get() >= 0 && InodeOf(duplicate.get()) == inode) {
    shutdown(duplicate.get(), SHUT_RDWR);
  }
}

}  // namespace

ConnectionTable::ConnectionTable(size_t max_connections,
                                 absl::Duration silence_timeout)
    : max_reclaimed_(std::max<size_t>(max_connections / 16, 1)),
      silence_timeout_(silence_timeout),
      limit_(max_connections, kPeerShare) {}

bool ConnectionTable::Add(int fd, const std::string& peer, absl::Time now) {
  MutexLock lock(mutex_);
  connections_.erase(fd);  // A reused descriptor: the old one is closed.
  if (TryAdd(fd, peer, now)) return true;
  RemoveClosed(kMaxCheckedOnAdd);
  return TryAdd(fd, peer, now);
}

bool ConnectionTable::TryAdd(int fd, const std::string& peer, absl::Time now) {
  auto slot = limit_.TryAcquire(peer);
  if (!slot.has_value()) return false;
  connections_.emplace(fd,
                       Connection{InodeOf(fd), now, false, *std::move(slot)});
  return true;
}

size_t ConnectionTable::size() const {
  MutexLock lock(mutex_);
  return connections_.size();
}

ConnectionTable::Reclaimed ConnectionTable::Reclaim(absl::Time now) {
  MutexLock lock(mutex_);
  RemoveClosed(connections_.size());
  Reclaimed reclaimed;
  std::vector<std::pair<absl::Time, int>> silent;
  for (const auto& [fd, connection] : connections_) {
    if (connection.is_shut_down) {
      ++reclaimed.closing;
    } else if (HasSentNothing(fd)) {
      silent.emplace_back(connection.accepted_at, fd);
    }
  }
  std::sort(silent.begin(), silent.end());
  for (const auto& [accepted_at, fd] : silent) {
    if (reclaimed.shut_down == max_reclaimed_ ||
        now - accepted_at < silence_timeout_) {
      break;
    }
    Connection& connection = connections_.at(fd);
    ShutDown(fd, connection.inode);
    connection.is_shut_down = true;
    ++reclaimed.shut_down;
  }
  reclaimed.closing += reclaimed.shut_down;
  reclaimed.silent = silent.size() - reclaimed.shut_down;
  return reclaimed;
}

size_t ConnectionTable::CountOpen() {
  MutexLock lock(mutex_);
  RemoveClosed(connections_.size());
  return connections_.size();
}

size_t ConnectionTable::CountOpenOf(const std::string& peer) const {
  MutexLock lock(mutex_);
  return limit_.held_by(peer);
}

void ConnectionTable::RemoveClosed(size_t count) {
  auto it = connections_.lower_bound(next_checked_fd_);
  for (count = std::min(count, connections_.size()); count > 0; --count) {
    if (it == connections_.end()) it = connections_.begin();
    const auto entry = it++;
    if (InodeOf(entry->first) != entry->second.inode) connections_.erase(entry);
  }
  next_checked_fd_ = it == connections_.end() ? 0 : it->first;
}

}  // namespace wriftai
