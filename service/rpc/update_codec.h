#ifndef WRIFTAI_SERVICE_RPC_UPDATE_CODEC_H_
#define WRIFTAI_SERVICE_RPC_UPDATE_CODEC_H_

#include <cstdint>

#include "absl/time/time.h"
#include "grpcpp/support/byte_buffer.h"
#include "service/engine/prediction_encoder.h"
#include "upstream/watch/snapshot.h"

namespace wriftai {

// `bytes` as a message to be sent, shared and not copied. Any thread.
grpc::ByteBuffer BufferOf(const PredictionEncoder::Bytes& bytes);

// A v1::PredictionUpdate as bytes to be sent. `prediction`, what the encoder
// has made of the snapshot's, is shared by all waiters, not copied. What is the
// update's own follows: the encoding of a message is the concatenation of those
// of its fields. Any thread.
grpc::ByteBuffer EncodeUpdate(const Snapshot& snapshot,
                              const PredictionEncoder::Bytes& prediction,
                              int64_t sequence, absl::Duration interval);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_RPC_UPDATE_CODEC_H_
