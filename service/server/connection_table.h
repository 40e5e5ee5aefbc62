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

// The connections that a gRPC server has been given, by file descriptor.
//
// gRPC owns the sockets and does not say when it closes one. So each is known
// by descriptor and inode: where the two no longer belong together, it is
// closed. The system gives the lowest free descriptor to a new connection, so
// that most that are closed are found when their number comes again; Reclaim()
// finds the rest.
//
// Threads: any. Owns: no socket. Fails: never.
class ConnectionTable {
 public:
  // Clients send their part of the greeting right after they have connected: a
  // connection that has sent nothing for `silence` may be shut down.
  ConnectionTable(size_t max_connections, absl::Duration silence);

  // Takes in a connection that was just accepted. One peer may have eight times
  // as many as are still free, so that others always find room. False if there
  // is no room for `peer`.
  bool Add(int fd, const std::string& peer, absl::Time now);

  struct Reclaimed {
    size_t shut_down = 0;  // By this call.
    size_t closing = 0;    // Shut down, and not yet closed by gRPC.
    size_t silent = 0;     // Not yet shut down.
  };
  // Forgets connections that are closed and shuts down those that have been
  // silent longest, a sixteenth of all at most. Takes about a microsecond for
  // each connection.
  Reclaimed Reclaim(absl::Time now);

  // With some that are closed, perhaps.
  size_t size() const;

  // Forgets those that are closed, and counts the rest.
  size_t CountOpen();
  size_t CountOpenOf(const std::string& peer) const;

 private:
  struct Connection {
    ino_t inode = 0;
    absl::Time accepted_at;
    bool is_shut_down = false;
    DynamicThresholdLimiter::Slot place;
  };

  bool TryAdd(int fd, const std::string& peer, absl::Time now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Looks at no more than `count`, each time at the next ones.
  void ForgetClosed(size_t count) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t max_reclaimed_;
  const absl::Duration silence_;
  mutable Mutex mutex_;
  DynamicThresholdLimiter limit_ ABSL_GUARDED_BY(mutex_);
  std::map<int, Connection> connections_ ABSL_GUARDED_BY(mutex_);
  int next_look_ ABSL_GUARDED_BY(mutex_) = 0;  // From this descriptor on.
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_CONNECTION_TABLE_H_
