#ifndef WRIFTAI_SERVICE_RPC_UPDATE_CODEC_H_
#define WRIFTAI_SERVICE_RPC_UPDATE_CODEC_H_

#include <cstdint>

#include "absl/time/time.h"
#include "grpcpp/support/byte_buffer.h"
#include "service/engine/prediction_encoder.h"
#include "upstream/watch/snapshot.h"

namespace wriftai {

// A message that shares `bytes` without copying them. Any thread, which may
// also be the one that ends the last use of the bytes.
grpc::ByteBuffer BufferOf(const PredictionEncoder::Bytes& bytes);

// Encodes a v1::PredictionUpdate. The encoded `prediction` is shared by all
// waiters, not copied. The update's own fields follow it, since an encoded
// message is the concatenation of its encoded fields. Any thread.
grpc::ByteBuffer EncodeUpdate(const Snapshot& snapshot,
                              const PredictionEncoder::Bytes& prediction,
                              int64_t sequence, absl::Duration interval);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_RPC_UPDATE_CODEC_H_
