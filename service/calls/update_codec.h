#ifndef WRIFTAI_SERVICE_CALLS_UPDATE_CODEC_H_
#define WRIFTAI_SERVICE_CALLS_UPDATE_CODEC_H_

#include <cstdint>

#include "absl/time/time.h"
#include "grpcpp/support/byte_buffer.h"
#include "upstream/watch/snapshot.h"

namespace wriftai {

// A v1::PredictionUpdate as bytes to be sent. What all waiters of the snapshot
// have in common is encoded once for each format and shared, not copied; the
// snapshot lives until the last of them has been sent. What is the waiter's own
// (sequence, interval) follows: the encoding of a message is the concatenation
// of those of its fields.
//
// On the loop. The buffer: any thread.
grpc::ByteBuffer EncodeUpdate(const SnapshotPtr& snapshot,
                              v1::PayloadFormat format, int64_t sequence,
                              absl::Duration interval);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_CALLS_UPDATE_CODEC_H_
