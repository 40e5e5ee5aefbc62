#ifndef WRIFTAI_SERVICE_SERVER_SHUT_DOWN_SOCKETS_H_
#define WRIFTAI_SERVICE_SERVER_SHUT_DOWN_SOCKETS_H_

#include "absl/time/time.h"

namespace wriftai {

// Shuts down this process's TCP connections at the local port. For gRPC, which
// does not expose its sockets. Accepted sockets share the port with the
// listening one; no other socket of the process can have it.
//
// Threads: any.
void ShutDownConnections(int port);

// The same for those that have neither received nor sent data for
// `silent` and have nothing left to send or acknowledge. Threads: any.
void ShutDownIdleConnections(int port, absl::Duration silent);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_SHUT_DOWN_SOCKETS_H_
