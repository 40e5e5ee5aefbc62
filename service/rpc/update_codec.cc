#include "service/rpc/update_codec.h"

#include <cstddef>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "grpcpp/support/slice.h"
#include "service/rpc/time_proto.h"
#include "upstream/json/proto_wire.h"

namespace wriftai {
namespace {

using Bytes = PredictionEncoder::Bytes;

// Of an update: its head and rest, and between them a prediction with two
// payloads.
using Slices = absl::InlinedVector<grpc::Slice, 7>;

// A slice of `part`, which `bytes` keeps. Shares the ownership.
grpc::Slice SliceOf(absl::string_view part, const Bytes& bytes) {
  // gRPC takes a non-const pointer but only reads.
  return grpc::Slice(
      const_cast<char*>(part.data()), part.size(),
      [](void* holder) { delete static_cast<Bytes*>(holder); },
      new Bytes(bytes));
}

// Appends the slices of a prediction. Returns their size.
size_t Append(const Bytes& bytes, Slices& slices) {
  size_t size = bytes->head.size();
  slices.push_back(SliceOf(bytes->head, bytes));
  for (const EncodedPrediction::Payload& payload : bytes->payloads) {
    std::string header;
    AppendBytesHeader(payload.field, payload.text.size(), header);
    size += header.size() + payload.text.size();
    slices.emplace_back(header);
    slices.push_back(SliceOf(payload.text, bytes));
  }
  return size;
}

}  // namespace

grpc::ByteBuffer BufferOf(const Bytes& bytes) {
  Slices slices;
  Append(bytes, slices);
  return grpc::ByteBuffer(slices.data(), slices.size());
}

grpc::ByteBuffer EncodeUpdate(const Snapshot& snapshot, const Bytes& prediction,
                              int64_t sequence, absl::Duration interval) {
  Slices slices(1);
  std::string head;
  AppendBytesHeader(v1::PredictionUpdate::kPredictionFieldNumber,
                    Append(prediction, slices), head);
  slices.front() = grpc::Slice(head);
  v1::PredictionUpdate rest;
  *rest.mutable_observed_at() = TimestampFrom(snapshot.observed_at);
  rest.set_source(snapshot.source);
  rest.set_sequence(sequence);
  *rest.mutable_interval() = DurationFrom(interval);
  slices.emplace_back(rest.SerializeAsString());
  return grpc::ByteBuffer(slices.data(), slices.size());
}

}  // namespace wriftai
