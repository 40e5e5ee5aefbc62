#ifndef WRIFTAI_SERVICE_RPC_MESSAGE_BYTES_H_
#define WRIFTAI_SERVICE_RPC_MESSAGE_BYTES_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "grpcpp/support/byte_buffer.h"

// Messages are decompressed here and not by gRPC: version 1.51 decompresses a
// whole message before it checks the size, so 0.7 MB can become 700 MB. Servers
// of these methods turn GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION off.
//
// All functions: any thread.

namespace wriftai {

// Whether `buffer` holds a compressed message.
bool IsCompressed(const grpc::ByteBuffer& buffer);

// The bytes of the message, decompressed. RESOURCE_EXHAUSTED
// (MESSAGE_TOO_LARGE) if a compressed message exceeds `max_bytes`; no more than
// that is ever held. INVALID_ARGUMENT (INVALID_MESSAGE) if it cannot be
// decompressed.
absl::StatusOr<std::string> MessageBytes(const grpc::ByteBuffer& buffer,
                                         size_t max_bytes);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_RPC_MESSAGE_BYTES_H_
