#ifndef WRIFTAI_SERVICE_PEERS_PEER_ERRORS_H_
#define WRIFTAI_SERVICE_PEERS_PEER_ERRORS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

// Errors of forwarded calls that the owner does not send. All functions: any
// thread.

namespace wriftai {

// UNAVAILABLE (OWNER_UNAVAILABLE), because of the link to the owner. `status`:
// gRPC's.
absl::Status OwnerUnreachable(const absl::Status& status);

// INTERNAL (UPSTREAM_RESPONSE_INVALID). `problem` continues "the response of
// the replica that serves the token".
absl::Status InvalidPeerResponse(absl::string_view problem);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_PEERS_PEER_ERRORS_H_
