#ifndef WRIFTAI_SERVICE_RPC_REQUEST_CODEC_H_
#define WRIFTAI_SERVICE_RPC_REQUEST_CODEC_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "grpcpp/support/byte_buffer.h"
#include "proto/predictions.h"

// Messages are decoded here and not by gRPC. gRPC rejects a malformed message
// with INTERNAL and no explanation. It also materializes everything: 16 MB of
// unknown fields or empty Values take half a gigabyte and more.

namespace wriftai {

// Decodes `bytes` into `message`, one of the service's requests, without
// unknown fields. A create's `input` is converted to `input_json` directly,
// without a Value; `message` has no `input`.
//
// INVALID_ARGUMENT if a string is not UTF-8, JSON cannot express the `input`,
// or the bytes are not such a message. Otherwise fails like MessageBytes(). Any
// thread. Takes up to 100 ms for 16 MiB.
absl::Status DecodeInto(const grpc::ByteBuffer& bytes, size_t max_bytes,
                        google::protobuf::Message& message);

// Whether DecodeInto() converted the `input_json` of `create` from an `input`.
// Errors then name the field `input`. Any thread.
bool InputWasValue(const v1::CreateRequest& create);

template <typename Request>
absl::StatusOr<Request> Decode(const grpc::ByteBuffer& bytes,
                               size_t max_bytes) {
  Request request;
  if (absl::Status status = DecodeInto(bytes, max_bytes, request);
      !status.ok()) {
    return status;
  }
  return request;
}

// Serializes `message`. Any thread.
grpc::ByteBuffer Encode(const google::protobuf::Message& message);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_RPC_REQUEST_CODEC_H_
