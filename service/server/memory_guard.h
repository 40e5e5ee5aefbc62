#ifndef WRIFTAI_SERVICE_SERVER_MEMORY_GUARD_H_
#define WRIFTAI_SERVICE_SERVER_MEMORY_GUARD_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "absl/synchronization/notification.h"

namespace wriftai {

// The limit on the memory of this process's control group, version 1 or 2;
// nothing where there is none. Any thread.
std::optional<int64_t> ControlGroupMemoryLimit();

// A connection that the guard has closed, for the log.
struct ClosedConnection {
  std::string peer;  // Its address, without the port.
  uint64_t received_bytes = 0;
  int64_t resident_bytes = 0;  // Of the process, before.
};

// Keeps the process below a limit on its memory, above which the kernel would
// kill it and every call with it: once it nears the limit, closes the
// connection to the gRPC port that has sent most bytes, and another one for as
// long as memory does not shrink. gRPC 1.51 bounds neither the headers of a
// stream in CONTINUATION frames nor streams that are reset at once; see
// docs/security.md.
//
// Threads: constructor and destructor any; it has a thread of its own, which
// calls `on_closed`. Fails: never.
class MemoryGuard {
 public:
  using OnClosed = std::function<void(const ClosedConnection&)>;

  // `port`: of the connections; `limit`: in bytes.
  MemoryGuard(int port, int64_t limit, OnClosed on_closed);
  ~MemoryGuard();
  MemoryGuard(const MemoryGuard&) = delete;
  MemoryGuard& operator=(const MemoryGuard&) = delete;

 private:
  void Run();

  const int port_;
  const int64_t limit_;
  const OnClosed on_closed_;
  absl::Notification stop_;
  std::thread thread_;  // Last: it uses all of the above.
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_MEMORY_GUARD_H_
