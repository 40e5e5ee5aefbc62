// Runs the JSON reader and the conversion to google.protobuf.Value on any
// bytes, and checks the properties that callers rely on.

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "base/utf8.h"
#include "google/protobuf/util/message_differencer.h"
#include "tests/fuzz/check.h"
#include "tests/support/json_parts.h"
#include "tests/support/value_messages.h"
#include "upstream/json/json_limits.h"
#include "upstream/json/json_scan.h"
#include "upstream/json/json_string.h"
#include "upstream/json/json_text.h"
#include "upstream/json/prediction_json.h"
#include "upstream/json/rapidjson.h"

namespace wriftai {
namespace {

using google::protobuf::Value;
using google::protobuf::util::MessageDifferencer;

bool Within(absl::string_view part, absl::string_view whole) {
  return part.data() >= whole.data() &&
         part.data() + part.size() <= whole.data() + whole.size();
}

// Whether RapidJSON accepts the text. It rejects some grammatical texts: lone
// surrogates, and numbers beyond a double. Numbers stay text, because its
// conversion of numbers near zero has undefined behavior.
bool IsJsonToRapidJson(absl::string_view text) {
  // A RapidJSON stream ends at a NUL.
  if (text.find('\0') != absl::string_view::npos) return false;
  const std::string terminated(text);
  rapidjson::StringStream stream(terminated.c_str());
  rapidjson::BaseReaderHandler<> ignore;
  return !rapidjson::Reader()
              .Parse<rapidjson::kParseIterativeFlag |
                     rapidjson::kParseNumbersAsStringsFlag>(stream, ignore)
              .IsError();
}

// Checks that a part of an accepted text is accepted by itself, and that
// strings decode to UTF-8 that can be encoded again.
void CheckPart(const JsonSlice& slice, absl::string_view text) {
  FUZZ_CHECK(!slice.text.empty() && Within(slice.text, text));
  const auto skimmed = SkimJson(slice.text);
  FUZZ_CHECK(skimmed.ok() && skimmed->kind == slice.kind &&
             skimmed->text == slice.text && skimmed->depth == slice.depth);
  FUZZ_CHECK(ParseJson(slice.text).ok() == IsPayload(slice));
  if (slice.kind != JsonKind::kString) return;
  const DecodedString decoded = DecodeJsonToken(slice.text);
  FUZZ_CHECK(IsUtf8(decoded.text));
  const DecodedString again = DecodeJsonToken(EncodeJsonString(decoded.text));
  FUZZ_CHECK(again.exact && again.text == decoded.text);
}

// Checks that each run ends at the same byte on every processor.
void CheckRuns(absl::string_view text) {
  const char* const end = text.data() + text.size();
  const char* const blocks_end = BlocksEnd(text.data(), end);
  for (const char* p = text.data(); p != end;) {
    const char* const run_end = PortablePlainEnd(p, end);
    FUZZ_CHECK(FindPlainEnd(p, blocks_end, end) == run_end);
    p = run_end == end ? end : run_end + 1;
  }
  for (const char* p = text.data(); p != end;) {
    const char* const run_end = PortableSkipDigits(p, end);
    FUZZ_CHECK(SkipDigits(p, blocks_end, end) == run_end);
    p = run_end == end ? end : run_end + 1;
  }
}

void CheckText(absl::string_view text) {
  const auto slice = SkimJson(text);
  const auto members = ParseJsonObject(text);
  const auto elements = ParseJsonArray(text);
  FUZZ_CHECK(members.ok() == (slice.ok() && slice->kind == JsonKind::kObject));
  FUZZ_CHECK(elements.ok() == (slice.ok() && slice->kind == JsonKind::kArray));
  FUZZ_CHECK(QuoteForError(text).size() <= kMaxQuotedBytes);
  FUZZ_CHECK(slice.ok() || !IsJsonToRapidJson(text));
  FUZZ_CHECK(slice.ok() || !ParseJson(text).ok());
  if (!slice.ok()) return;
  CheckPart(*slice, text);
  if (members.ok()) {
    for (const JsonMember& member : *members) CheckPart(member.value, text);
  }
  if (elements.ok()) {
    for (const JsonSlice& element : *elements) CheckPart(element, text);
  }
}

// Checks that a client can parse an exact Value, and that it round-trips.
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

// Checks that the body of a create contains an accepted input byte for byte.
void CheckInput(absl::string_view text) {
  if (!ParseJson(text).ok()) return;
  CreateParams params;
  params.input_json = std::string(text);
  const std::string body = CreateBodyToJson(params, true);
  const auto members = ParseJsonObject(body);
  FUZZ_CHECK(members.ok() && members->size() == 2);
  FUZZ_CHECK(members->back().value.text == ParseJson(text)->text);
}

}  // namespace
}  // namespace wriftai

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  wriftai::CheckRuns(text);
  wriftai::CheckText(text);
  wriftai::CheckValue(text);
  wriftai::CheckInput(text);
  return 0;
}
