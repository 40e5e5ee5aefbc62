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

constexpr size_t kShare = 8;

// Connections that are looked at for each new one that finds no room: some
// microseconds, so that a flood of them costs little.
constexpr size_t kQuickLook = 64;

// 0 where `fd` is closed.
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

// gRPC may close `fd` at any moment, and another socket get its number: a
// second descriptor of it stays what it is between the look and the act.
void ShutDown(int fd, ino_t inode) {
  const UniqueFd same(fcntl(fd, F_DUPFD_CLOEXEC, 0));
  if (same.get() >= 0 && InodeOf(same.get()) == inode) {
    shutdown(same.get(), SHUT_RDWR);
  }
}

}  // namespace

ConnectionTable::ConnectionTable(size_t max_connections, absl::Duration silence)
    : max_reclaimed_(std::max<size_t>(max_connections / 16, 1)),
      silence_(silence),
      limit_(max_connections, kShare) {}

bool ConnectionTable::Add(int fd, const std::string& peer, absl::Time now) {
  MutexLock lock(mutex_);
  connections_.erase(fd);  // Its number would not have come again.
  if (TryAdd(fd, peer, now)) return true;
  ForgetClosed(kQuickLook);
  return TryAdd(fd, peer, now);
}

bool ConnectionTable::TryAdd(int fd, const std::string& peer, absl::Time now) {
  auto place = limit_.TryAcquire(peer);
  if (!place.has_value()) return false;
  connections_.emplace(fd,
                       Connection{InodeOf(fd), now, false, *std::move(place)});
  return true;
}

size_t ConnectionTable::size() const {
  MutexLock lock(mutex_);
  return connections_.size();
}

ConnectionTable::Reclaimed ConnectionTable::Reclaim(absl::Time now) {
  MutexLock lock(mutex_);
  ForgetClosed(connections_.size());
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
    if (reclaimed.shut_down == max_reclaimed_ || now - accepted_at < silence_) {
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
  ForgetClosed(connections_.size());
  return connections_.size();
}

size_t ConnectionTable::CountOpenOf(const std::string& peer) const {
  MutexLock lock(mutex_);
  return limit_.held_by(peer);
}

void ConnectionTable::ForgetClosed(size_t count) {
  auto it = connections_.lower_bound(next_look_);
  for (count = std::min(count, connections_.size()); count > 0; --count) {
    if (it == connections_.end()) it = connections_.begin();
    const auto entry = it++;
    if (InodeOf(entry->first) != entry->second.inode) connections_.erase(entry);
  }
  next_look_ = it == connections_.end() ? 0 : it->first;
}

}  // namespace wriftai
