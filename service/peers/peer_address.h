#ifndef WRIFTAI_SERVICE_PEERS_PEER_ADDRESS_H_
#define WRIFTAI_SERVICE_PEERS_PEER_ADDRESS_H_

#include <string>

#include "absl/strings/string_view.h"

// Addresses of replicas. They come from the store and from other replicas, so
// each is checked before its use. All functions: pure, any thread.

namespace wriftai {

// Whether `address` is HOST:PORT to connect to: a port from 1, no interface of
// this machine as in fe80::1%eth0.
bool IsPeerAddress(absl::string_view address);

// The address for gRPC. With a scheme, since gRPC reads "unix:1" as a path.
std::string TargetOf(absl::string_view address);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_PEERS_PEER_ADDRESS_H_
