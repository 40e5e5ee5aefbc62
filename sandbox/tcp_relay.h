#ifndef WRIFTAI_SANDBOX_TCP_RELAY_H_
#define WRIFTAI_SANDBOX_TCP_RELAY_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace wriftai::sandbox {

// Listens where civetweb cannot, as Debian builds it without IPv6, and hands
// the bytes of each connection on to 127.0.0.1 and back, ends and resets
// included.
//
// Threads: its own for all connections; Start() and the destructor any. Owns:
// thread and sockets. Fails: Start() alone; a connection that has nowhere to go
// is closed.
class TcpRelay {
 public:
  virtual ~TcpRelay() = default;

  // The one that was picked where the address had port 0.
  virtual int port() const = 0;

  // UNAVAILABLE: why it cannot listen. See ListenOn().
  static absl::StatusOr<std::unique_ptr<TcpRelay>> Start(
      const std::string& address, int target_port);
};

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_TCP_RELAY_H_
