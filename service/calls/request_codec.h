#ifndef WRIFTAI_SERVICE_CALLS_REQUEST_CODEC_H_
#define WRIFTAI_SERVICE_CALLS_REQUEST_CODEC_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "grpcpp/support/byte_buffer.h"

// Messages are decoded here and not by gRPC, which answers a bad one with
// INTERNAL and no word on what is wrong with it.

namespace wriftai {

// Reads `bytes` into `message`. INVALID_ARGUMENT names the field whose string
// is not UTF-8, or says that the bytes are no such message. Any thread.
absl::Status DecodeInto(const grpc::ByteBuffer& bytes,
                        google::protobuf::Message& message);

template <typename Request>
absl::StatusOr<Request> Decode(const grpc::ByteBuffer& bytes) {
  Request request;
  if (absl::Status status = DecodeInto(bytes, request); !status.ok()) {
    return status;
  }
  return request;
}

// `message` as bytes to be sent. Any thread.
grpc::ByteBuffer Encode(const google::protobuf::Message& message);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_CALLS_REQUEST_CODEC_H_
