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

// Whether the gRPC port answers, found out as a client would: every few seconds
// it connects to the port, sends the greeting of HTTP/2 or TLS, and expects
// gRPC's. Liveness must not say that all is well while nobody can connect.
//
// Threads: Start() and the destructor one; status() any. Owns: a thread. Fails:
// never.
class PortWatchdog {
 public:
  struct Options {
    sockaddr_storage address = {};
    bool tls = false;
    absl::Duration interval = absl::Seconds(5);
    absl::Duration timeout = absl::Seconds(5);  // Of one probe.
    // Without an answer for so long, the port counts as dead: two probes may
    // fail, as on a machine that is short of processor time.
    absl::Duration patience = absl::Seconds(15);
  };

  // Called before each probe with the local port that it comes from.
  using Announce = std::function<void(int port)>;
  // Called when the port's state changes. On the watchdog's thread.
  using OnChange = std::function<void(bool answers)>;

  PortWatchdog();
  ~PortWatchdog() { Stop(); }
  PortWatchdog(const PortWatchdog&) = delete;
  PortWatchdog& operator=(const PortWatchdog&) = delete;

  void Start(const Options& options, Announce announce, OnChange on_change);
  void Stop();

  // UNAVAILABLE: the port does not answer, and why. OK while it is not watched.
  absl::Status status() const;

 private:
  void Run();

  Options options_;
  Announce announce_;
  OnChange on_change_;
  const UniqueFd wake_;
  mutable Mutex mutex_;
  bool running_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Time answered_at_ ABSL_GUARDED_BY(mutex_);
  std::string failure_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_PORT_WATCHDOG_H_
