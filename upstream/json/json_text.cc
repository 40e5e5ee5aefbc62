#include "upstream/json/json_text.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/utf8.h"
#include "upstream/json/json_limits.h"
#include "upstream/json/json_reader.h"
#include "upstream/json/json_scan.h"
#include "upstream/json/json_string.h"
#include "upstream/json/json_writer.h"

namespace wriftai {
namespace {

using Visit =
    absl::FunctionRef<void(absl::string_view key, const JsonSlice& value)>;

JsonKind KindOf(absl::string_view value) {
  switch (value.front()) {
    case '{':
      return JsonKind::kObject;
    case '[':
      return JsonKind::kArray;
    case '"':
      return JsonKind::kString;
    case 't':
    case 'f':
      return JsonKind::kBool;
    case 'n':
      return JsonKind::kNull;
    default:
      return JsonKind::kNumber;
  }
}

// Reads a value as JsonReader::ReadValue().
const char* ReadSlice(JsonReader& reader, const char* p, JsonSlice& slice) {
  const char* const begin = reader.SkipSpace(p);
  NoJsonVisitor ignore;
  p = reader.ReadValue(begin, ignore, slice.depth);
  if (p == nullptr) return nullptr;
  slice.text = JsonToken{begin, p}.text();
  slice.kind = KindOf(slice.text);
  return p;
}

// Reads the object or array whose opening bracket is at `p`, and passes its
// members or elements to `visit`. Elements have an empty key.
const char* ReadParts(JsonReader& reader, const char* p, bool is_object,
                      Visit visit) {
  ++p;
  if (reader.IsNext(p, is_object ? '}' : ']')) return p + 1;
  for (bool closed = false; !closed;) {
    JsonToken key;
    if (is_object) p = reader.ReadKey(p, key);
    if (p == nullptr) return nullptr;
    JsonSlice part;
    p = ReadSlice(reader, p, part);
    if (p == nullptr) return nullptr;
    visit(key.text(), part);
    p = reader.ReadSeparator(p, is_object, closed);
    if (p == nullptr) return nullptr;
  }
  return p;
}

absl::StatusOr<JsonSlice> Skim(absl::string_view text, size_t max_depth) {
  JsonReader reader(text, max_depth);
  JsonSlice root;
  const char* const p = ReadSlice(reader, reader.begin(), root);
  if (p == nullptr || reader.ReadEnd(p) == nullptr) return reader.status();
  return root;
}

absl::Status Split(absl::string_view text, JsonKind kind, const char* name,
                   Visit visit) {
  const bool is_object = kind == JsonKind::kObject;
  JsonReader reader(text);
  const char* p = reader.begin();
  if (reader.IsNext(p, is_object ? '{' : '[')) {
    p = ReadParts(reader, p, is_object, visit);
    if (p != nullptr) reader.ReadEnd(p);
    return reader.status();
  }
  absl::Status status = SkimJson(text).status();
  if (!status.ok()) return status;
  return absl::InvalidArgumentError(absl::StrCat("expected a JSON ", name));
}

bool IsContinuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

}  // namespace

absl::StatusOr<JsonSlice> SkimJson(absl::string_view text) {
  return Skim(text, kAnyDepth);
}

absl::StatusOr<JsonSlice> ParseJson(absl::string_view text) {
  absl::StatusOr<JsonSlice> slice = Skim(text, kMaxJsonDepth);
  if (!slice.ok()) return slice;
  const size_t invalid = FindInvalidUtf8(text);
  if (invalid == absl::string_view::npos) return slice;
  return absl::InvalidArgumentError(
      absl::StrCat("not valid JSON at byte ", invalid, ": invalid UTF-8"));
}

bool IsPayload(const JsonSlice& slice) {
  return slice.depth <= kMaxJsonDepth && IsUtf8(slice.text);
}

absl::Status ForEachJsonMember(
    absl::string_view text,
    absl::FunctionRef<void(absl::string_view key, const JsonSlice& value)>
        visit) {
  return Split(text, JsonKind::kObject, "object", visit);
}

absl::Status ForEachJsonElement(
    absl::string_view text,
    absl::FunctionRef<void(const JsonSlice& element)> visit) {
  return Split(
      text, JsonKind::kArray, "array",
      [visit](absl::string_view, const JsonSlice& element) { visit(element); });
}

bool JsonKeyIs(absl::string_view key, absl::string_view name) {
  // The longest encoding of a character is \uXXXX.
  if (key.size() > 6 * name.size() + 2) return false;
  return DecodeJsonToken(key).text == name;
}

absl::string_view WithoutByteOrderMark(absl::string_view text) {
  absl::ConsumePrefix(&text, "\xef\xbb\xbf");
  return text;
}

std::string EncodeJsonString(absl::string_view text) {
  const char* const end = text.data() + text.size();
  if (FindPlainEnd(text.data(), BlocksEnd(text.data(), end), end) == end) {
    return absl::StrCat("\"", text, "\"");
  }
  StringSink sink;
  JsonWriter<rapidjson::kWriteNoFlags> writer(sink);
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  return std::move(sink.out);
}

std::string EncodeAnyJsonString(absl::string_view text) {
  StringSink sink;
  JsonWriter<rapidjson::kWriteValidateEncodingFlag> writer(sink);
  if (writer.String(text.data(),
                    static_cast<rapidjson::SizeType>(text.size()))) {
    return std::move(sink.out);
  }
  std::string replaced;
  for (const char c : text) {
    if (absl::ascii_isascii(c)) {
      replaced.push_back(c);
    } else {
      replaced.append("\uFFFD");
    }
  }
  return EncodeJsonString(replaced);
}

std::string QuoteForError(absl::string_view text) {
  std::string quote;
  for (size_t i = 0; i < text.size(); ++i) {
    if (quote.size() == kMaxQuotedBytes) {
      quote.replace(kMaxQuotedBytes - 3, 3, "...");
      break;
    }
    if (absl::ascii_isprint(text[i])) {
      quote.push_back(text[i]);
    } else if (absl::ascii_isspace(text[i])) {
      quote.push_back(' ');
    } else {
      quote.push_back('?');
      while (i + 1 < text.size() && IsContinuation(text[i + 1])) ++i;
    }
  }
  return quote;
}

}  // namespace wriftai
