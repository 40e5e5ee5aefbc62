#ifndef WRIFTAI_SERVICE_PEERS_PEERS_CODEC_H_
#define WRIFTAI_SERVICE_PEERS_PEERS_CODEC_H_

#include <cstddef>

#include "absl/status/statusor.h"
#include "grpcpp/support/byte_buffer.h"
#include "upstream/cluster/peer_link.h"

// The messages of Peers. Both sides check what they receive.
//
// All functions: pure, any thread. Decoding fails with INVALID_ARGUMENT, which
// names the field.

namespace wriftai {

// The sessions of a thousand replicas during a rollout.
inline constexpr size_t kMaxVouchPeers = 2048;

grpc::ByteBuffer EncodeVouch(const cluster::VouchRequest& request);
grpc::ByteBuffer EncodeVouch(const cluster::VouchResponse& response);

absl::StatusOr<cluster::VouchRequest> DecodeVouchRequest(
    const grpc::ByteBuffer& bytes);
absl::StatusOr<cluster::VouchResponse> DecodeVouchResponse(
    const grpc::ByteBuffer& bytes);

// Up to OwnerLookup::kMaxTags of both.
grpc::ByteBuffer EncodeFindOwners(const cluster::FindOwnersRequest& request);
grpc::ByteBuffer EncodeFindOwners(const cluster::FindOwnersResponse& response);

absl::StatusOr<cluster::FindOwnersRequest> DecodeFindOwnersRequest(
    const grpc::ByteBuffer& bytes);
absl::StatusOr<cluster::FindOwnersResponse> DecodeFindOwnersResponse(
    const grpc::ByteBuffer& bytes);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_PEERS_PEERS_CODEC_H_
