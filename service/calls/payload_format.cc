#include "service/calls/payload_format.h"

#include "upstream/json/json_value.h"

namespace wriftai {

void FormatPayloads(v1::PayloadFormat format, v1::Prediction& prediction) {
  if (format != v1::PAYLOAD_FORMAT_VALUE) return;
  if (prediction.input_payload_case() == v1::Prediction::kInputJson) {
    if (auto value = ValueWireFromJson(prediction.input_json())) {
      prediction.mutable_input()->ParseFromString(*value);
    }
  }
  if (prediction.output_payload_case() == v1::Prediction::kOutputJson) {
    if (auto value = ValueWireFromJson(prediction.output_json())) {
      prediction.mutable_output()->ParseFromString(*value);
    }
  }
  if (prediction.error().detail_payload_case() ==
      v1::PredictionError::kDetailJson) {
    if (auto value = ValueWireFromJson(prediction.error().detail_json())) {
      prediction.mutable_error()->mutable_detail()->ParseFromString(*value);
    }
  }
}

}  // namespace wriftai
