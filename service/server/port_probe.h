#ifndef WRIFTAI_SERVICE_SERVER_PORT_PROBE_H_
#define WRIFTAI_SERVICE_SERVER_PORT_PROBE_H_

#include <sys/socket.h>

#include <functional>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace wriftai {

// Connects to a gRPC server on this machine and waits for the start of its
// response: HTTP/2 SETTINGS, or the response to a TLS ClientHello. It does not
// complete the TLS handshake, so it needs no certificate.
//
// `announce`: called with the local port before connecting. `cancel_fd`:
// cancels the probe when readable. UNAVAILABLE: what failed. CANCELLED: by
// `cancel_fd`.
//
// Threads: any.
absl::Status ProbeGrpcPort(const sockaddr_storage& address, bool tls,
                           absl::Duration timeout,
                           const std::function<void(int port)>& announce,
                           int cancel_fd);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_PORT_PROBE_H_
