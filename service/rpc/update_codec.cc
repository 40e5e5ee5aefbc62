#include "service/rpc/update_codec.h"

#include <array>
#include <string>

#include "grpcpp/support/slice.h"
#include "service/rpc/time_proto.h"
#include "upstream/json/proto_wire.h"

namespace wriftai {
namespace {

using Bytes = PredictionEncoder::Bytes;

// A slice that shares ownership of `bytes`.
grpc::Slice SliceOf(const Bytes& bytes) {
  // gRPC takes a non-const pointer but only reads.
  return grpc::Slice(
      const_cast<char*>(bytes->data()), bytes->size(),
      [](void* holder) { delete static_cast<Bytes*>(holder); },
      new Bytes(bytes));
}

}  // namespace

grpc::ByteBuffer BufferOf(const Bytes& bytes) {
  const grpc::Slice slice = SliceOf(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

grpc::ByteBuffer EncodeUpdate(const Snapshot& snapshot, const Bytes& prediction,
                              int64_t sequence, absl::Duration interval) {
  std::string head;
  AppendBytesHeader(v1::PredictionUpdate::kPredictionFieldNumber,
                    prediction->size(), head);
  v1::PredictionUpdate rest;
  *rest.mutable_observed_at() = TimestampFrom(snapshot.observed_at);
  rest.set_source(snapshot.source);
  rest.set_sequence(sequence);
  *rest.mutable_interval() = DurationFrom(interval);
  const std::array<grpc::Slice, 3> parts = {
      grpc::Slice(head), SliceOf(prediction),
      grpc::Slice(rest.SerializeAsString())};
  return grpc::ByteBuffer(parts.data(), parts.size());
}

}  // namespace wriftai
