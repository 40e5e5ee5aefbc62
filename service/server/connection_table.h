#ifndef WRIFTAI_SERVICE_SERVER_CONNECTION_TABLE_H_
#define WRIFTAI_SERVICE_SERVER_CONNECTION_TABLE_H_

#include <sys/types.h>

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "base/dynamic_threshold_limiter.h"
#include "base/mutex.h"

namespace wriftai {

// Tracks the connections handed to a gRPC server, by file descriptor.
//
// gRPC owns the sockets and does not report when it closes one. So the table
// stores each descriptor with its inode: a connection is closed once they no
// longer match. The kernel reuses the lowest free descriptor, so most closed
// connections are found when their descriptor is reused. Reclaim() finds the
// others.
//
// Threads: any. Owns: no sockets. Fails: never.
class ConnectionTable {
 public:
  // A connection that has sent nothing for `silence_timeout` may be shut down:
  // clients send their preface right after connecting.
  ConnectionTable(size_t max_connections, absl::Duration silence_timeout);

  // Adds a connection that was just accepted. One peer may hold eight times as
  // many connections as are still free, so others can always connect. False if
  // the limit for `peer` is reached.
  bool Add(int fd, const std::string& peer, absl::Time now);

  struct Reclaimed {
    size_t shut_down = 0;  // By this call.
    size_t closing = 0;    // Shut down but not yet closed by gRPC.
    size_t silent = 0;     // Not yet shut down.
  };
  // Removes closed connections and shuts down those that have been silent
  // longest, at most 1/16 of all. Takes about 1 us per connection.
  Reclaimed Reclaim(absl::Time now);

  // May include closed connections.
  size_t size() const;

  // Removes closed connections and returns the number of the others.
  size_t CountOpen();
  size_t CountOpenOf(const std::string& peer) const;

 private:
  struct Connection {
    ino_t inode = 0;
    absl::Time accepted_at;
    bool is_shut_down = false;
    DynamicThresholdLimiter::Slot slot;
  };

  bool TryAdd(int fd, const std::string& peer, absl::Time now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Checks the next `count` connections and removes those that are closed.
  void RemoveClosed(size_t count) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t max_reclaimed_;
  const absl::Duration silence_timeout_;
  mutable Mutex mutex_;
  DynamicThresholdLimiter limit_ ABSL_GUARDED_BY(mutex_);
  std::map<int, Connection> connections_ ABSL_GUARDED_BY(mutex_);
  int next_checked_fd_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_CONNECTION_TABLE_H_
