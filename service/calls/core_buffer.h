#ifndef WRIFTAI_SERVICE_CALLS_CORE_BUFFER_H_
#define WRIFTAI_SERVICE_CALLS_CORE_BUFFER_H_

#include "grpc/byte_buffer.h"
#include "grpcpp/support/byte_buffer.h"

// Converts between the messages of gRPC's C++ library and of its core.
//
// All functions: any thread.

namespace wriftai {

// The core's buffer in `buffer`, which keeps it; `buffer` must be valid.
grpc_byte_buffer* CoreBufferOf(grpc::ByteBuffer& buffer);

// Takes the bytes of `message`, compressed or not, and destroys it. Null gives
// an invalid buffer.
grpc::ByteBuffer TakeMessage(grpc_byte_buffer* message);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_CALLS_CORE_BUFFER_H_
