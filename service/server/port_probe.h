#ifndef WRIFTAI_SERVICE_SERVER_PORT_PROBE_H_
#define WRIFTAI_SERVICE_SERVER_PORT_PROBE_H_

#include <sys/socket.h>

#include <functional>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace wriftai {

// Connects to a gRPC server on this machine and waits for the beginning of its
// greeting: HTTP/2's SETTINGS, or the answer to a TLS ClientHello. It takes no
// part in a TLS handshake beyond that, so that it needs no certificate.
//
// `announce`: called with the local port before it connects. `cancel_fd`: ends
// it when readable. UNAVAILABLE: what failed; CANCELLED.
//
// Threads: any.
absl::Status ProbeGrpcPort(const sockaddr_storage& address, bool tls,
                           absl::Duration timeout,
                           const std::function<void(int port)>& announce,
                           int cancel_fd);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_PORT_PROBE_H_
