#ifndef WRIFTAI_SERVICE_PEERS_PEER_STATUS_H_
#define WRIFTAI_SERVICE_PEERS_PEER_STATUS_H_

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

namespace wriftai {

// The reverse of ToGrpcStatus(): the error of a peer, with its details, as if
// it had occurred here. Nothing that ToGrpcStatus() sends is lost. Of any other
// sender, text passes SanitizeText(), and details of other types, malformed or
// larger than ToGrpcStatus() sends are dropped. Any thread.
absl::Status FromGrpcStatus(const grpc::Status& status);

// Whether the owner has ended a call with this error, which has an ErrorInfo
// then. Otherwise gRPC has, because the link is broken or the peer is not a
// replica. Any thread.
bool IsFromOwner(const absl::Status& status);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_PEERS_PEER_STATUS_H_
