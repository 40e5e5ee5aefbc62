#include "service/engine/prediction_wire.h"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "upstream/json/json_value.h"
#include "upstream/json/proto_wire.h"

namespace wriftai {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using v1::Prediction;
using v1::PredictionError;

// The other fields of a prediction without logs and error: most have fewer.
constexpr size_t kUsualHeadBytes = 512;

uint32_t NumberOf(const FieldDescriptor& field) {
  return static_cast<uint32_t>(field.number());
}

void AppendBytes(uint32_t number, absl::string_view bytes, std::string& out) {
  AppendBytesHeader(number, bytes.size(), out);
  out.append(bytes.data(), bytes.size());
}

// Appends one field of `message` that is present.
void AppendField(const Message& message, const FieldDescriptor& field,
                 std::string& out) {
  const Reflection& reflection = *message.GetReflection();
  const uint32_t number = NumberOf(field);
  std::string scratch;
  if (field.is_repeated()) {
    // All repeated fields of a prediction are strings.
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
      AppendBytes(
          number,
          reflection.GetRepeatedStringReference(message, &field, i, &scratch),
          out);
    }
    return;
  }
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      const Message& part = reflection.GetMessage(message, &field);
      AppendBytesHeader(number, part.ByteSizeLong(), out);
      part.AppendToString(&out);
      break;
    }
    case FieldDescriptor::CPPTYPE_ENUM:
      AppendVarint(number << 3, out);
      AppendVarint(
          static_cast<uint64_t>(reflection.GetEnumValue(message, &field)), out);
      break;
    default:
      assert(field.cpp_type() == FieldDescriptor::CPPTYPE_STRING);
      AppendBytes(number,
                  reflection.GetStringReference(message, &field, &scratch),
                  out);
  }
}

// Appends `field`, JSON text, as the Value field `number` if it fits without
// loss, otherwise unchanged.
void AppendPayload(const WireField& field, uint32_t number, std::string& out) {
  const std::optional<std::string> value = ValueWireFromJson(field.bytes);
  if (value.has_value()) {
    AppendBytes(number, *value, out);
  } else {
    out.append(field.whole.data(), field.whole.size());
  }
}

std::string EncodeError(absl::string_view wire) {
  std::string out;
  WireReader reader(wire);
  WireField field;
  while (reader.Next(field)) {
    if (field.number == PredictionError::kDetailJsonFieldNumber) {
      AppendPayload(field, PredictionError::kDetailFieldNumber, out);
    } else {
      out.append(field.whole.data(), field.whole.size());
    }
  }
  return out;
}

}  // namespace

size_t PayloadBytes(const Prediction& prediction) {
  return prediction.input_json().size() + prediction.output_json().size() +
         prediction.error().detail_json().size();
}

EncodedPrediction::Payloads SharedPayloads(v1::PayloadFormat format,
                                           const Prediction& prediction) {
  EncodedPrediction::Payloads payloads;
  if (format == v1::PAYLOAD_FORMAT_VALUE) return payloads;
  if (prediction.input_json().size() >= kSharedPayloadBytes) {
    payloads.push_back(
        {Prediction::kInputJsonFieldNumber, prediction.input_json()});
  }
  if (prediction.output_json().size() >= kSharedPayloadBytes) {
    payloads.push_back(
        {Prediction::kOutputJsonFieldNumber, prediction.output_json()});
  }
  return payloads;
}

std::string EncodePrediction(v1::PayloadFormat format,
                             const Prediction& prediction) {
  std::string json = prediction.SerializeAsString();
  if (format != v1::PAYLOAD_FORMAT_VALUE) return json;
  std::string out;
  WireReader reader(json);
  WireField field;
  while (reader.Next(field)) {
    switch (field.number) {
      case Prediction::kInputJsonFieldNumber:
        AppendPayload(field, Prediction::kInputFieldNumber, out);
        break;
      case Prediction::kOutputJsonFieldNumber:
        AppendPayload(field, Prediction::kOutputFieldNumber, out);
        break;
      case Prediction::kErrorFieldNumber:
        AppendBytes(field.number, EncodeError(field.bytes), out);
        break;
      default:
        out.append(field.whole.data(), field.whole.size());
    }
  }
  return out;
}

EncodedPrediction EncodePredictionParts(v1::PayloadFormat format,
                                        const Prediction& prediction) {
  EncodedPrediction parts;
  parts.payloads = SharedPayloads(format, prediction);
  if (parts.payloads.empty()) {
    parts.head = EncodePrediction(format, prediction);
    return parts;
  }
  // Serialize() would copy and check the payloads again.
  std::vector<const FieldDescriptor*> fields;
  fields.reserve(static_cast<size_t>(Prediction::descriptor()->field_count()));
  Prediction::GetReflection()->ListFields(prediction, &fields);
  parts.head.reserve(kUsualHeadBytes);
  for (const FieldDescriptor* const field : fields) {
    const bool is_shared =
        std::any_of(parts.payloads.begin(), parts.payloads.end(),
                    [field](const EncodedPrediction::Payload& payload) {
                      return payload.field == NumberOf(*field);
                    });
    if (!is_shared) AppendField(prediction, *field, parts.head);
  }
  return parts;
}

}  // namespace wriftai
