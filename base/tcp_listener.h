#ifndef WRIFTAI_BASE_TCP_LISTENER_H_
#define WRIFTAI_BASE_TCP_LISTENER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/unique_fd.h"

namespace wriftai {

struct TcpListener {
  std::vector<UniqueFd> sockets;  // At least one; they do not block.
  int port = 0;                   // Of all of them.
};

// Listens on HOST:PORT; an IPv6 address is in brackets, and port 0 picks a free
// one. 0.0.0.0 and [::] take both IPv4 and IPv6, as in gRPC; a name means all
// of its addresses. UNAVAILABLE says why it cannot.
absl::StatusOr<TcpListener> ListenOn(const std::string& address);

// Whether `error`, an errno of accept4(), says that the system or the process
// has nothing left to accept a connection with. The connection then stays in
// the queue: try again after kAcceptPauseMs, not at once and not never.
bool IsOutOfResources(int error);
inline constexpr int kAcceptPauseMs = 100;

}  // namespace wriftai

#endif  // WRIFTAI_BASE_TCP_LISTENER_H_
