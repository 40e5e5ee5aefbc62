#ifndef WRIFTAI_BASE_SHUT_DOWN_SOCKETS_H_
#define WRIFTAI_BASE_SHUT_DOWN_SOCKETS_H_

#include "absl/time/time.h"

namespace wriftai {

enum class SocketKind { kListening, kConnected };

// Shuts down this process's TCP sockets of that kind at the local port, which
// wakes every thread blocked on one of them. For a server whose library neither
// exposes its sockets nor wakes its threads: civetweb's threads check for
// shutdown every two seconds. Accepted sockets share the port with the
// listening one; no other socket of the process can have it.
//
// Threads: any.
void ShutDownSockets(int port, SocketKind kind);

// The same for connections that have neither received nor sent data for
// `silent` and have nothing left to send or acknowledge. Threads: any.
void ShutDownIdleSockets(int port, absl::Duration silent);

}  // namespace wriftai

#endif  // WRIFTAI_BASE_SHUT_DOWN_SOCKETS_H_
