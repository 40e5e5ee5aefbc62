#ifndef WRIFTAI_BASE_TCP_LISTENER_H_
#define WRIFTAI_BASE_TCP_LISTENER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/unique_fd.h"

namespace wriftai {

struct TcpListener {
  std::vector<UniqueFd> sockets;  // At least one; non-blocking.
  int port = 0;                   // The same for all sockets.
};

// Listens on HOST:PORT. An IPv6 address is in brackets; port 0 picks a free
// one. 0.0.0.0 and [::] accept both IPv4 and IPv6, as in gRPC. A name means all
// of its addresses. UNAVAILABLE with the reason if it cannot listen.
absl::StatusOr<TcpListener> ListenOn(const std::string& address);

// Whether `error`, an errno of accept4(), means that the system or the process
// lacks the resources to accept a connection. The connection then stays in the
// queue, so retry after kAcceptPauseMs.
bool IsOutOfResources(int error);
inline constexpr int kAcceptPauseMs = 100;

}  // namespace wriftai

#endif  // WRIFTAI_BASE_TCP_LISTENER_H_
