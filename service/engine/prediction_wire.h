#ifndef WRIFTAI_SERVICE_ENGINE_PREDICTION_WIRE_H_
#define WRIFTAI_SERVICE_ENGINE_PREDICTION_WIRE_H_

#include <cstddef>
#include <string>

#include "proto/predictions.h"
#include "upstream/watch/snapshot.h"

// Encodes predictions, whose payloads are JSON text, in the wire format.
// `format` is VALUE or JSON. All functions: any thread.

namespace wriftai {

// A payload of at least this size is sent from the snapshot's memory. Copying
// less is cheaper than one more part of a message.
inline constexpr size_t kSharedPayloadBytes = 4096;

// The bytes of all payloads.
size_t PayloadBytes(const v1::Prediction& prediction);

// The fields that a message in `format` shares with `prediction`: with JSON,
// a large input or output. Views into `prediction`.
EncodedPrediction::Payloads SharedPayloads(v1::PayloadFormat format,
                                           const v1::Prediction& prediction);

// Encodes `prediction`. With VALUE, each payload that a Value can hold without
// loss becomes a Value (ValueWireFromJson()). Takes up to 300 ms for an array
// of 4 MB, and 1 s for 64 MiB.
std::string EncodePrediction(v1::PayloadFormat format,
                             const v1::Prediction& prediction);

// The same in parts, without a copy of the SharedPayloads(): they may follow
// the head in any order, since an encoded message is the concatenation of its
// encoded fields.
EncodedPrediction EncodePredictionParts(v1::PayloadFormat format,
                                        const v1::Prediction& prediction);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ENGINE_PREDICTION_WIRE_H_
