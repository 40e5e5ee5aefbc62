#ifndef WRIFTAI_SERVICE_SERVER_MEMORY_GUARD_H_
#define WRIFTAI_SERVICE_SERVER_MEMORY_GUARD_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "base/delivered_bytes.h"

namespace wriftai {

// The limit on the memory of this process's control group, version 1 or 2;
// nothing where there is none. Any thread.
std::optional<int64_t> ControlGroupMemoryLimit();

// A connection that the guard has closed, for the log.
struct ClosedConnection {
  std::string peer;  // ADDRESS:PORT.
  uint64_t received_bytes = 0;
  int64_t resident_bytes = 0;  // Of the process, before.
};

// Keeps the process below a limit on its memory, above which the kernel would
// kill it and every call with it: resets the connections to the gRPC port that
// have sent much which has not become calls. From a third of the limit on, it
// does so where memory grows much faster than they send; from half on, where
// they have sent very much together; from three quarters on, to all that have
// sent little else. gRPC 1.51 bounds neither the headers of a stream in
// CONTINUATION frames nor streams that are reset at once; see docs/security.md.
//
// Threads: constructor and destructor any; it has a thread of its own, which
// calls `on_closed`. Fails: never.
class MemoryGuard {
 public:
  using OnClosed = std::function<void(const ClosedConnection&)>;

  // `port`: of the connections; `limit`: in bytes.
  // `delivered`: what has become calls, by connection; it must outlive this,
  // and the guard drops from it the connections that are gone.
  MemoryGuard(int port, int64_t limit, DeliveredBytes& delivered,
              OnClosed on_closed);
  ~MemoryGuard();
  MemoryGuard(const MemoryGuard&) = delete;
  MemoryGuard& operator=(const MemoryGuard&) = delete;

 private:
  struct Connection;
  struct Unproductive;

  // The least memory of the last few seconds, by seconds.
  class RecentLow {
   public:
    explicit RecentLow(int64_t resident) { lows_.fill(resident); }

    // By how much `resident` is above it, which then counts, too. `passed`:
    // since the last call.
    int64_t GrowthTo(int64_t resident, absl::Duration passed);

   private:
    static constexpr size_t kSurgeSeconds = 3;
    std::array<int64_t, kSurgeSeconds> lows_;
    absl::Duration since_ = absl::ZeroDuration();
  };

  void Run();
  std::vector<Connection> Connections();
  void Close(const Connection& connection);
  static bool IsUnproductive(const Connection& connection);
  Unproductive UnproductiveConnections();
  void CloseUndelivered();
  bool CloseAmplified(int64_t growth);
  void CloseWorst();

  const int port_;
  const int64_t limit_;
  DeliveredBytes& delivered_;
  const OnClosed on_closed_;

  // Of its thread alone.
  int trims_left_ = 0;
  RecentLow recent_{INT64_MAX};

  absl::Notification stop_;
  std::thread thread_;  // Last: it uses all of the above.
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_MEMORY_GUARD_H_
