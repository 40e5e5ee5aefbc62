#ifndef WRIFTAI_SERVICE_RPC_REQUEST_CODEC_H_
#define WRIFTAI_SERVICE_RPC_REQUEST_CODEC_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "grpcpp/support/byte_buffer.h"
#include "wriftai/v1/predictions.pb.h"

// Messages are decoded here and not by gRPC, which answers a bad one with
// INTERNAL and no word on what is wrong with it, and makes a message of
// whatever comes: 16 MB of fields that nobody knows, or of empty Values, take
// half a gigabyte and more.

namespace wriftai {

// Reads `bytes` into `message`, one of the service's requests, and leaves out
// the fields that its schema does not have. A create's `input` becomes
// `input_json`, with no Value in between; it does not reach `message`.
//
// INVALID_ARGUMENT names the field whose string is not UTF-8, or the `input`
// that JSON text cannot express, or says that the bytes are no such message;
// else as MessageBytes(). Any thread. Takes up to 100 ms for 16 MiB.
absl::Status DecodeInto(const grpc::ByteBuffer& bytes, size_t max_bytes,
                        google::protobuf::Message& message);

// Whether DecodeInto() has made the `input_json` of `create` of an `input`,
// which is then what errors call it. Any thread.
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

// `message` as bytes to be sent. Any thread.
grpc::ByteBuffer Encode(const google::protobuf::Message& message);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_RPC_REQUEST_CODEC_H_
