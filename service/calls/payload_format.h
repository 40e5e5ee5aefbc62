#ifndef WRIFTAI_SERVICE_CALLS_PAYLOAD_FORMAT_H_
#define WRIFTAI_SERVICE_CALLS_PAYLOAD_FORMAT_H_

#include "wriftai/v1/predictions.pb.h"

namespace wriftai {

// Turns the payloads of `prediction` from JSON text, as upstream/ keeps them,
// into what the caller asked for: under VALUE each that a Value holds without
// loss becomes one. `format` is VALUE or JSON. Any thread.
void FormatPayloads(v1::PayloadFormat format, v1::Prediction& prediction);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_CALLS_PAYLOAD_FORMAT_H_
