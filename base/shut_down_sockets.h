#ifndef WRIFTAI_BASE_SHUT_DOWN_SOCKETS_H_
#define WRIFTAI_BASE_SHUT_DOWN_SOCKETS_H_

#include "absl/time/time.h"

namespace wriftai {

enum class SocketKind { kListening, kConnected };

// Shuts down this process's TCP sockets of that kind at the local port, so that
// every thread that waits for one of them wakes up. For a server whose library
// neither tells its sockets nor wakes its threads: civetweb's look for the end
// every two seconds. Accepted sockets share the port with the one that listens;
// nothing else of the process can have it.
//
// Threads: any.
void ShutDownSockets(int port, SocketKind kind);

// The same for connections over which nothing has come in or gone out for
// `silent`, and nothing is left to be sent or acknowledged. Threads: any.
void ShutDownIdleSockets(int port, absl::Duration silent);

}  // namespace wriftai

#endif  // WRIFTAI_BASE_SHUT_DOWN_SOCKETS_H_
