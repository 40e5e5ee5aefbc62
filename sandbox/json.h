#ifndef WRIFTAI_SANDBOX_JSON_H_
#define WRIFTAI_SANDBOX_JSON_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"

// The only user of RapidJSON in the sandbox. Deliberately shares no code with
// upstream/json, so that a bug there cannot hide behind the same bug here.

namespace wriftai::sandbox {

// A value within a JSON text that ParseJson() has checked. Finds its parts by
// reading the text again, so a large input needs no tree, and its parts are
// kept byte for byte.
//
// Threads: immutable, any. The text must outlive it. Fails: never; accessors of
// another kind return nullopt or an empty list.
class JsonValue {
 public:
  enum class Kind { kNull, kBool, kNumber, kString, kArray, kObject };

  JsonValue(Kind kind, absl::string_view raw) : kind_(kind), raw_(raw) {}

  Kind kind() const { return kind_; }
  bool IsObject() const { return kind_ == Kind::kObject; }
  bool IsNull() const { return kind_ == Kind::kNull; }

  // The value's text, without the white space around it.
  absl::string_view raw() const { return raw_; }

  std::optional<std::string> AsString() const;
  std::optional<double> AsNumber() const;
  std::optional<int64_t> AsInteger() const;
  std::optional<bool> AsBool() const;

  // The object's member of that name. Returns the last of several, like
  // Python.
  std::optional<JsonValue> Find(absl::string_view name) const;

  using Member = std::pair<std::string, JsonValue>;
  std::vector<Member> Members() const;
  std::vector<JsonValue> Items() const;

 private:
  Kind kind_;
  absl::string_view raw_;
};

struct JsonError {
  size_t offset = 0;
  std::string message;
};

// Checks all of `text`: the grammar, UTF-8, at most 1,000 levels (about the
// recursion limit of Python's parser) and numbers within the range of a double.
std::variant<JsonValue, JsonError> ParseJson(absl::string_view text);

// `text` as a JSON string, with quotes. Invalid UTF-8 becomes U+FFFD.
std::string JsonQuote(absl::string_view text);

// Writes an object, member by member.
class JsonObject {
 public:
  // Writes `json` unchanged.
  JsonObject& Raw(absl::string_view name, absl::string_view json);
  JsonObject& String(absl::string_view name, absl::string_view text);
  JsonObject& Number(absl::string_view name, int64_t number);
  JsonObject& Bool(absl::string_view name, bool value);

  // Returns the finished object and resets this one.
  std::string Take();

 private:
  std::string text_;
};

// An array of `items`, which are JSON.
std::string JsonArray(const std::vector<std::string>& items);

// A violation of a schema, in FastAPI's terms.
struct SchemaViolation {
  std::vector<std::string> path;  // Each a JSON string or number.
  std::string message;
  std::string type;
};

// A JSON Schema with the keywords that draft 4 and 2020-12 share.
//
// Threads: immutable, any. Owns: its text.
class JsonSchema {
 public:
  // `text` is part of the program: aborts if it is invalid.
  explicit JsonSchema(std::string text);
  ~JsonSchema();
  JsonSchema(JsonSchema&&) noexcept;

  const std::string& text() const { return text_; }

  // The first violation, if any.
  std::optional<SchemaViolation> Check(const JsonValue& value) const;

 private:
  class Impl;

  std::string text_;
  std::unique_ptr<const Impl> impl_;
};

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_JSON_H_
