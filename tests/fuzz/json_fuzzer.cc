// Everything that reads JSON of the upstream or of a caller, on any bytes. The
// checks are what callers rely on whatever comes in.

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/util/message_differencer.h"
#include "tests/fuzz/check.h"
#include "tests/support/value_messages.h"
#include "upstream/json/error_json.h"
#include "upstream/json/json_limits.h"
#include "upstream/json/json_text.h"
#include "upstream/json/prediction_json.h"

namespace wriftai {
namespace {

using google::protobuf::Value;
using google::protobuf::util::MessageDifferencer;

bool Within(absl::string_view part, absl::string_view whole) {
  return part.data() >= whole.data() &&
         part.data() + part.size() <= whole.data() + whole.size();
}

// What ParseJson() accepted, its parts are accepted for, and strings decode and
// can be written again.
void CheckPart(const JsonSlice& slice, absl::string_view text) {
  FUZZ_CHECK(!slice.text.empty() && Within(slice.text, text));
  const auto parsed = ParseJson(slice.text);
  FUZZ_CHECK(parsed.ok() && parsed->kind == slice.kind &&
             parsed->text == slice.text);
  const auto decoded = DecodeJsonString(slice);
  FUZZ_CHECK(decoded.ok() == (slice.kind == JsonKind::kString));
  if (!decoded.ok()) return;
  const std::string encoded = EncodeJsonString(*decoded);
  const auto again = ParseJson(encoded);
  FUZZ_CHECK(again.ok());
  const auto decoded_again = DecodeJsonString(*again);
  FUZZ_CHECK(decoded_again.ok() && *decoded_again == *decoded);
}

void CheckText(absl::string_view text) {
  const auto slice = ParseJson(text);
  const auto members = ParseJsonObject(text);
  const auto elements = ParseJsonArray(text);
  FUZZ_CHECK(members.ok() == (slice.ok() && slice->kind == JsonKind::kObject));
  FUZZ_CHECK(elements.ok() == (slice.ok() && slice->kind == JsonKind::kArray));
  FUZZ_CHECK(QuoteForError(text).size() <= kMaxQuotedBytes);
  FUZZ_CHECK(!IsJsonNull(text) || slice->kind == JsonKind::kNull);
  if (!slice.ok()) return;
  CheckPart(*slice, text);
  if (members.ok()) {
    for (const JsonMember& member : *members) CheckPart(member.value, text);
  }
  if (elements.ok()) {
    for (const JsonSlice& element : *elements) CheckPart(element, text);
  }
}

// An exact Value is one that a client can read and that comes back unchanged.
void CheckValue(absl::string_view text) {
  const auto value = ExactValueFromJson(text);
  if (!value.has_value()) return;
  FUZZ_CHECK(ParseJson(text).ok());
  Value read;
  FUZZ_CHECK(read.ParseFromString(value->SerializeAsString()));
  const auto json = JsonFromValue(*value);
  FUZZ_CHECK(json.ok() && ParseJson(*json).ok());
  const auto again = ExactValueFromJson(*json);
  FUZZ_CHECK(again.has_value() && MessageDifferencer::Equals(*again, *value));
}

void CheckPrediction(absl::string_view text) {
  const auto prediction = PredictionFromJson(text);
  if (prediction.ok()) {
    FUZZ_CHECK(!prediction->id().empty());
    FUZZ_CHECK(!prediction->has_input_json() ||
               ParseJson(prediction->input_json()).ok());
    FUZZ_CHECK(!prediction->has_output_json() ||
               ParseJson(prediction->output_json()).ok());
    v1::Prediction read;
    FUZZ_CHECK(read.ParseFromString(prediction->SerializeAsString()));
  }
  const auto page = PredictionPageFromJson(text);
  FUZZ_CHECK(!page.ok() || ParseJsonObject(text).ok());
}

void CheckError(absl::string_view text) {
  const UpstreamError error = UpstreamErrorFromBody(text);
  FUZZ_CHECK(error.message.size() <= kMaxQuotedBytes);
  FUZZ_CHECK(error.violations.size() <= 100);
  for (const std::string& text : {error.type, error.code, error.detail}) {
    FUZZ_CHECK(text.size() <= kMaxQuotedBytes);
    FUZZ_CHECK(ParseJson(EncodeJsonString(text)).ok());
  }
  // What goes into the trailers is UTF-8.
  FUZZ_CHECK(ParseJson(EncodeJsonString(error.message)).ok());
  for (const UpstreamViolation& violation : error.violations) {
    FUZZ_CHECK(ParseJson(EncodeJsonString(violation.message)).ok());
    FUZZ_CHECK(ParseJson(EncodeJsonString(violation.type)).ok());
  }
}

}  // namespace
}  // namespace wriftai

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  wriftai::CheckText(text);
  wriftai::CheckValue(text);
  wriftai::CheckPrediction(text);
  wriftai::CheckError(text);
  return 0;
}
