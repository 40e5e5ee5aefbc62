#include "service/calls/update_codec.h"

#include <array>
#include <string>

#include "grpcpp/support/slice.h"
#include "service/calls/payload_format.h"
#include "service/calls/time_proto.h"

namespace wriftai {
namespace {

const std::string& SharedPart(const Snapshot& snapshot,
                              v1::PayloadFormat format) {
  std::string& encoded =
      snapshot.encoded[format == v1::PAYLOAD_FORMAT_JSON ? 1 : 0];
  if (!encoded.empty()) return encoded;
  v1::PredictionUpdate message;
  *message.mutable_prediction() = snapshot.prediction;
  FormatPayloads(format, *message.mutable_prediction());
  *message.mutable_observed_at() = TimestampFrom(snapshot.observed_at);
  message.set_source(snapshot.source);
  encoded = message.SerializeAsString();
  return encoded;
}

// `bytes` of `snapshot`, which the slice holds on to.
grpc::Slice SliceOf(const SnapshotPtr& snapshot, const std::string& bytes) {
  // gRPC takes what it reads alone by a pointer to what is not const.
  return grpc::Slice(
      const_cast<char*>(bytes.data()), bytes.size(),
      [](void* holder) { delete static_cast<SnapshotPtr*>(holder); },
      new SnapshotPtr(snapshot));
}

}  // namespace

grpc::ByteBuffer EncodeUpdate(const SnapshotPtr& snapshot,
                              v1::PayloadFormat format, int64_t sequence,
                              absl::Duration interval) {
  v1::PredictionUpdate own;
  own.set_sequence(sequence);
  *own.mutable_interval() = DurationFrom(interval);
  const std::array<grpc::Slice, 2> parts = {
      SliceOf(snapshot, SharedPart(*snapshot, format)),
      grpc::Slice(own.SerializeAsString())};
  return grpc::ByteBuffer(parts.data(), parts.size());
}

}  // namespace wriftai
