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

// The memory limit of this process's control group, version 1 or 2; nullopt
// without a limit. Any thread.
std::optional<int64_t> ControlGroupMemoryLimit();

// A connection that the guard has closed, for the log.
struct ClosedConnection {
  std::string peer;  // ADDRESS:PORT.
  uint64_t received_bytes = 0;
  int64_t resident_bytes = 0;  // Of the process, before closing.
};

// Keeps the process below a memory limit, above which the kernel would kill it
// with all its calls. It resets connections to the gRPC port that have sent
// much data that did not become calls ("undelivered"):
//
//   above 35 % of the limit   if memory grows much faster than they send
//   above 50 %                if they have sent very much in total
//   above 75 %                all that have sent mostly undelivered data
//
// gRPC 1.51 limits neither a stream's headers in CONTINUATION frames nor
// streams that are reset at once; see docs/security.md.
//
// Threads: constructor and destructor any; its own thread calls `on_closed`.
// Fails: never.
class MemoryGuard {
 public:
  using OnClosed = std::function<void(const ClosedConnection&)>;

  // `port`: the local port of the connections. `limit`: in bytes. `delivered`:
  // the bytes that became calls, by connection. It must outlive the guard,
  // which removes closed connections from it.
  MemoryGuard(int port, int64_t limit, DeliveredBytes& delivered,
              OnClosed on_closed);
  ~MemoryGuard();
  MemoryGuard(const MemoryGuard&) = delete;
  MemoryGuard& operator=(const MemoryGuard&) = delete;

 private:
  struct Connection;
  struct Unproductive;

  // The lowest memory use of each of the last few seconds.
  class RecentLow {
   public:
    explicit RecentLow(int64_t resident) { lows_.fill(resident); }

    // Records `resident` and returns how far it is above the lowest value.
    // `elapsed`: the time since the last call.
    int64_t GrowthTo(int64_t resident, absl::Duration elapsed);

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

  // Used only by the thread.
  int trims_left_ = 0;
  RecentLow recent_{INT64_MAX};

  absl::Notification stop_;
  std::thread thread_;  // Last: it uses the members above.
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_MEMORY_GUARD_H_
