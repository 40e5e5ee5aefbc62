#ifndef WRIFTAI_SERVICE_PEERS_PEER_REQUEST_H_
#define WRIFTAI_SERVICE_PEERS_PEER_REQUEST_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "grpc/grpc.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/status.h"

namespace wriftai {

// A channel of gRPC's core. Its calls keep it.
using CoreChannel = std::shared_ptr<grpc_channel>;

// What a call to a peer sends. A value.
struct PeerRequest {
  const char* method = nullptr;  // "/SERVICE/METHOD", a literal.
  grpc::ByteBuffer message;

  // Keys are literals in lower case, values are printable ASCII.
  std::vector<std::pair<const char*, std::string>> metadata;

  absl::Duration timeout = absl::InfiniteDuration();

  // Sends the message only once the call has reached a connection, so that it
  // is known of most failed calls that the peer has not received it. It costs
  // one more write.
  bool connect_first = false;
};

// How a unary call has ended.
struct PeerResponse {
  grpc::Status status;
  grpc::ByteBuffer message;  // Invalid unless the status is OK.
  // False: the peer has not received the request. Only if `connect_first`.
  bool maybe_sent = true;
  // How long the call took at the peer, as it says; nullopt if it does not.
  std::optional<absl::Duration> owner_time;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_PEERS_PEER_REQUEST_H_
