#ifndef WRIFTAI_SERVICE_SERVER_PORT_WATCHDOG_H_
#define WRIFTAI_SERVICE_SERVER_PORT_WATCHDOG_H_

#include <sys/socket.h>

#include <functional>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "base/unique_fd.h"

namespace wriftai {

// Checks that the gRPC port responds. Every few seconds it connects as a client
// would, starts an HTTP/2 or TLS handshake, and expects gRPC's response.
// Without it, liveness would not notice that clients cannot connect.
//
// Threads: one for Start() and the destructor; any for status(). Owns: a
// thread. Fails: never.
class PortWatchdog {
 public:
  struct Options {
    sockaddr_storage address = {};
    bool tls = false;
    absl::Duration interval = absl::Seconds(5);
    absl::Duration timeout = absl::Seconds(5);  // Of one probe.
    // How long the port may be unresponsive before it counts as down. Two
    // probes may fail, as on a machine that is short of CPU time.
    absl::Duration failure_timeout = absl::Seconds(15);
  };

  // Called before each probe with its local port.
  using Announce = std::function<void(int port)>;
  // Called on the watchdog's thread when the port's state changes.
  using OnChange = std::function<void(bool is_responding)>;

  PortWatchdog();
  ~PortWatchdog() { Stop(); }
  PortWatchdog(const PortWatchdog&) = delete;
  PortWatchdog& operator=(const PortWatchdog&) = delete;

  void Start(const Options& options, Announce announce, OnChange on_change);
  void Stop();

  // UNAVAILABLE: the port is not responding, with the cause. OK while the
  // watchdog is not running.
  absl::Status status() const;

 private:
  void Run();

  Options options_;
  Announce announce_;
  OnChange on_change_;
  const UniqueFd wake_;
  mutable Mutex mutex_;
  bool running_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Time responded_at_ ABSL_GUARDED_BY(mutex_);
  std::string failure_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_PORT_WATCHDOG_H_
