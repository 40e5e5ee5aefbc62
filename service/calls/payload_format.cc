#include "service/calls/payload_format.h"

#include <utility>

#include "upstream/json/json_value.h"

namespace wriftai {

void FormatPayloads(v1::PayloadFormat format, v1::Prediction& prediction) {
  if (format != v1::PAYLOAD_FORMAT_VALUE) return;
  if (prediction.input_payload_case() == v1::Prediction::kInputJson) {
    if (auto value = ExactValueFromJson(prediction.input_json())) {
      *prediction.mutable_input() = *std::move(value);
    }
  }
  if (prediction.output_payload_case() == v1::Prediction::kOutputJson) {
    if (auto value = ExactValueFromJson(prediction.output_json())) {
      *prediction.mutable_output() = *std::move(value);
    }
  }
  if (prediction.error().detail_payload_case() ==
      v1::PredictionError::kDetailJson) {
    if (auto value = ExactValueFromJson(prediction.error().detail_json())) {
      *prediction.mutable_error()->mutable_detail() = *std::move(value);
    }
  }
}

}  // namespace wriftai
