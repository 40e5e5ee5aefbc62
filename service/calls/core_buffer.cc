#include "service/calls/core_buffer.h"

#include "grpc/slice_buffer.h"
#include "grpcpp/support/proto_buffer_reader.h"

namespace wriftai {
namespace {

// gRPC's C++ library exposes the core's buffer only to readers.
class Reader : public grpc::ProtoBufferReader {
 public:
  using grpc::ProtoBufferReader::ProtoBufferReader;

  grpc_byte_buffer* buffer() { return reader()->buffer_in; }
};

}  // namespace

grpc_byte_buffer* CoreBufferOf(grpc::ByteBuffer& buffer) {
  return Reader(&buffer).buffer();
}

grpc::ByteBuffer TakeMessage(grpc_byte_buffer* message) {
  if (message == nullptr) return grpc::ByteBuffer();
  grpc::ByteBuffer taken(nullptr, 0);
  auto& raw = CoreBufferOf(taken)->data.raw;
  raw.compression = message->data.raw.compression;
  grpc_slice_buffer_swap(&raw.slice_buffer, &message->data.raw.slice_buffer);
  grpc_byte_buffer_destroy(message);
  return taken;
}

}  // namespace wriftai
