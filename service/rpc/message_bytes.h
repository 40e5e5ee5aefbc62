#ifndef WRIFTAI_SERVICE_RPC_MESSAGE_BYTES_H_
#define WRIFTAI_SERVICE_RPC_MESSAGE_BYTES_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "grpcpp/support/byte_buffer.h"

// Messages are decompressed here and not by gRPC: 1.51 decompresses a message
// whole before it looks at its size, so that 0.7 MB become 700 MB. Servers of
// these methods have GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION off.
//
// All functions: any thread.

namespace wriftai {

// Whether `buffer` holds a message as its sender has compressed it.
bool IsCompressed(const grpc::ByteBuffer& buffer);

// The bytes of the message. RESOURCE_EXHAUSTED (MESSAGE_TOO_LARGE) where a
// compressed one has more than `max_bytes`, found without ever holding more;
// INVALID_ARGUMENT (INVALID_MESSAGE) where it cannot be decompressed.
absl::StatusOr<std::string> MessageBytes(const grpc::ByteBuffer& buffer,
                                         size_t max_bytes);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_RPC_MESSAGE_BYTES_H_
