#include "sandbox/json.h"

#ifdef __clang__
// RapidJSON's stack adds to a null pointer while it is empty, which is harmless
// but aborts a program built with the undefined-behavior sanitizer.
#pragma clang attribute push(__attribute__((no_sanitize("pointer-overflow"))), \
                             apply_to = function)
#endif
#include <rapidjson/internal/stack.h>
#ifdef __clang__
#pragma clang attribute pop
#endif

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <rapidjson/schema.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdlib>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace wriftai::sandbox {
namespace {

// Iterative: the recursive parser would overflow the stack on deep nesting.
constexpr unsigned kFlags = rapidjson::kParseIterativeFlag |
                            rapidjson::kParseValidateEncodingFlag |
                            rapidjson::kParseFullPrecisionFlag;
constexpr int kMaxDepth = 1000;

JsonValue::Kind KindOf(char first) {
  switch (first) {
    case 'n':
      return JsonValue::Kind::kNull;
    case 't':
    case 'f':
      return JsonValue::Kind::kBool;
    case '"':
      return JsonValue::Kind::kString;
    case '[':
      return JsonValue::Kind::kArray;
    case '{':
      return JsonValue::Kind::kObject;
    default:
      return JsonValue::Kind::kNumber;
  }
}

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Splits a text into the root value and its direct parts.
class Splitter
    : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Splitter> {
 public:
  // With `name_filter`, keeps only the last part of that name.
  Splitter(absl::string_view text, bool keep_parts,
           std::optional<absl::string_view> name_filter)
      : text_(text),
        keep_parts_(keep_parts),
        name_filter_(name_filter),
        stream_(text.data(), text.size()) {}

  std::optional<JsonError> Run() {
    rapidjson::Reader reader;
    const rapidjson::ParseResult result = reader.Parse<kFlags>(stream_, *this);
    if (depth_ > kMaxDepth) return JsonError{stream_.Tell(), "Too deep"};
    if (result.IsError()) {
      return JsonError{result.Offset(),
                       rapidjson::GetParseError_En(result.Code())};
    }
    // RapidJSON treats a zero byte as the end of the text.
    if (stream_.Tell() != text_.size()) {
      return JsonError{stream_.Tell(), "Extra data"};
    }
    return std::nullopt;
  }

  JsonValue root() const { return *root_; }
  std::vector<JsonValue::Member> TakeParts() { return std::move(parts_); }

  // The reader's events. Scalars arrive through Default(), with the stream
  // after the value. Brackets arrive with the stream at the bracket.
  bool Default() {
    End(stream_.Tell());
    return true;
  }
  bool String(const char*, rapidjson::SizeType, bool) { return Default(); }
  bool StartObject() { return Open(); }
  bool StartArray() { return Open(); }
  bool EndObject(rapidjson::SizeType) { return Close(); }
  bool EndArray(rapidjson::SizeType) { return Close(); }
  bool Key(const char* name, rapidjson::SizeType size, bool) {
    if (depth_ == 1) {
      skip_ = name_filter_.has_value() &&
              *name_filter_ != absl::string_view(name, size);
      if (keep_parts_ && !skip_) name_.assign(name, size);
      part_begin_ = stream_.Tell();
    }
    return true;
  }

 private:
  bool Open() {
    if (depth_ == 0) part_begin_ = stream_.Tell() + 1;
    return ++depth_ <= kMaxDepth;
  }

  bool Close() {
    --depth_;
    End(stream_.Tell() + 1);
    return true;
  }

  // A value ends before `end`. It starts after the last key, comma or bracket
  // and any white space.
  void End(size_t end) {
    if (depth_ > 1) return;
    size_t begin = depth_ == 0 ? 0 : part_begin_;
    while (IsSpace(text_[begin]) || text_[begin] == ':' ||
           text_[begin] == ',') {
      ++begin;
    }
    const JsonValue value(KindOf(text_[begin]),
                          text_.substr(begin, end - begin));
    part_begin_ = end;
    if (depth_ == 0) {
      root_ = value;
    } else if (keep_parts_ && !skip_) {
      if (name_filter_.has_value()) parts_.clear();
      parts_.emplace_back(name_, value);
    }
  }

  const absl::string_view text_;
  const bool keep_parts_;
  const std::optional<absl::string_view> name_filter_;
  rapidjson::MemoryStream stream_;
  int depth_ = 0;
  size_t part_begin_ = 0;
  bool skip_ = false;
  std::string name_;
  std::optional<JsonValue> root_;
  std::vector<JsonValue::Member> parts_;
};

std::vector<JsonValue::Member> Split(
    absl::string_view raw,
    std::optional<absl::string_view> name_filter = std::nullopt) {
  Splitter splitter(raw, /*keep_parts=*/true, name_filter);
  if (splitter.Run().has_value()) return {};
  return splitter.TakeParts();
}

// The length of the UTF-8 sequence at the start of `text`; 0 if invalid.
size_t SequenceLength(absl::string_view text) {
  const auto byte = [text](size_t i) {
    return static_cast<unsigned char>(text[i]);
  };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  // Overlong forms, surrogates, and code points above U+10FFFF.
  if ((first == 0xe0 && byte(1) < 0xa0) || (first == 0xed && byte(1) > 0x9f) ||
      (first == 0xf0 && byte(1) < 0x90) || (first == 0xf4 && byte(1) > 0x8f)) {
    return 0;
  }
  return length;
}

std::string ValidUtf8(absl::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const size_t length = SequenceLength(text);
    absl::StrAppend(&valid,
                    length > 0 ? text.substr(0, length) : "\xef\xbf\xbd");
    text.remove_prefix(length > 0 ? length : 1);
  }
  return valid;
}

}  // namespace

std::optional<std::string> JsonValue::AsString() const {
  if (kind_ != Kind::kString) return std::nullopt;
  rapidjson::Document document;
  document.Parse<kFlags>(raw_.data(), raw_.size());
  return std::string(document.GetString(), document.GetStringLength());
}

std::optional<double> JsonValue::AsNumber() const {
  double number = 0;
  if (kind_ != Kind::kNumber || !absl::SimpleAtod(raw_, &number)) {
    return std::nullopt;
  }
  return number;
}

std::optional<int64_t> JsonValue::AsInteger() const {
  int64_t number = 0;
  if (kind_ != Kind::kNumber || !absl::SimpleAtoi(raw_, &number)) {
    return std::nullopt;
  }
  return number;
}

std::optional<bool> JsonValue::AsBool() const {
  if (kind_ != Kind::kBool) return std::nullopt;
  return raw_ == "true";
}

std::optional<JsonValue> JsonValue::Find(absl::string_view name) const {
  if (!IsObject()) return std::nullopt;
  const std::vector<Member> found = Split(raw_, name);
  if (found.empty()) return std::nullopt;
  return found.back().second;
}

std::vector<JsonValue::Member> JsonValue::Members() const {
  if (!IsObject()) return {};
  return Split(raw_);
}

std::vector<JsonValue> JsonValue::Items() const {
  std::vector<JsonValue> items;
  if (kind_ != Kind::kArray) return items;
  for (const Member& part : Split(raw_)) items.push_back(part.second);
  return items;
}

std::variant<JsonValue, JsonError> ParseJson(absl::string_view text) {
  Splitter splitter(text, /*keep_parts=*/false, std::nullopt);
  if (std::optional<JsonError> error = splitter.Run()) return *error;
  return splitter.root();
}

std::string JsonQuote(absl::string_view text) {
  const std::string valid = ValidUtf8(text);
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  writer.String(valid.data(), static_cast<rapidjson::SizeType>(valid.size()));
  return std::string(buffer.GetString(), buffer.GetSize());
}

JsonObject& JsonObject::Raw(absl::string_view name, absl::string_view json) {
  absl::StrAppend(&text_, text_.empty() ? "{" : ",", JsonQuote(name), ":",
                  json);
  return *this;
}

JsonObject& JsonObject::String(absl::string_view name, absl::string_view text) {
  return Raw(name, JsonQuote(text));
}

JsonObject& JsonObject::Number(absl::string_view name, int64_t number) {
  return Raw(name, absl::StrCat(number));
}

JsonObject& JsonObject::Bool(absl::string_view name, bool value) {
  return Raw(name, value ? "true" : "false");
}

std::string JsonObject::Take() {
  std::string text = text_.empty() ? "{}" : absl::StrCat(text_, "}");
  text_.clear();
  return text;
}

std::string JsonArray(const std::vector<std::string>& items) {
  return absl::StrCat("[", absl::StrJoin(items, ","), "]");
}

class JsonSchema::Impl {
 public:
  explicit Impl(const rapidjson::Document& document) : schema(document) {}
  rapidjson::SchemaDocument schema;
};

JsonSchema::JsonSchema(std::string text) : text_(std::move(text)) {
  rapidjson::Document document;
  document.Parse<kFlags>(text_.data(), text_.size());
  if (document.HasParseError()) std::abort();
  impl_ = std::make_unique<const Impl>(document);
}

JsonSchema::~JsonSchema() = default;
JsonSchema::JsonSchema(JsonSchema&&) noexcept = default;

std::optional<SchemaViolation> JsonSchema::Check(const JsonValue& value) const {
  rapidjson::SchemaValidator validator(impl_->schema);
  rapidjson::MemoryStream stream(value.raw().data(), value.raw().size());
  rapidjson::Reader reader;
  reader.Parse<kFlags>(stream, validator);
  if (validator.IsValid()) return std::nullopt;

  SchemaViolation violation;
  const rapidjson::Pointer where = validator.GetInvalidDocumentPointer();
  for (size_t i = 0; i < where.GetTokenCount(); ++i) {
    const rapidjson::Pointer::Token& token = where.GetTokens()[i];
    violation.path.push_back(
        token.index != rapidjson::kPointerInvalidIndex
            ? absl::StrCat(token.index)
            : JsonQuote(absl::string_view(token.name, token.length)));
  }
  const absl::string_view keyword = validator.GetInvalidSchemaKeyword();
  violation.type = std::string(keyword);
  violation.message = absl::StrCat("Input does not meet '", keyword, "'");
  if (keyword != "required" || !violation.path.empty()) return violation;

  // RapidJSON does not report which member is missing.
  const JsonValue schema(JsonValue::Kind::kObject, text_);
  for (const JsonValue& name : schema.Find("required")->Items()) {
    if (value.Find(*name.AsString()).has_value()) continue;
    violation.path = {std::string(name.raw())};
    violation.message = "Field required";
    violation.type = "missing";
    break;
  }
  return violation;
}

}  // namespace wriftai::sandbox
