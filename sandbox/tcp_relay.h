#ifndef WRIFTAI_SANDBOX_TCP_RELAY_H_
#define WRIFTAI_SANDBOX_TCP_RELAY_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace wriftai::sandbox {

// Relays connections, including their closes and resets, to 127.0.0.1. Used for
// addresses that civetweb cannot listen on, since Debian builds it without
// IPv6.
//
// Threads: one internal thread for all connections; Start() and the destructor:
// any. Owns: the thread and the sockets. Fails: only Start(); a connection
// whose target is unreachable is closed.
class TcpRelay {
 public:
  virtual ~TcpRelay() = default;

  // The listening port, also if the address had port 0.
  virtual int port() const = 0;

  // UNAVAILABLE: it cannot listen. See ListenOn().
  static absl::StatusOr<std::unique_ptr<TcpRelay>> Start(
      const std::string& address, int target_port);
};

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_TCP_RELAY_H_
