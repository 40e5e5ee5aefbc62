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

// The only user of RapidJSON in the sandbox. It shares nothing with
// upstream/json on purpose: a mistake there must not be hidden by the same
// mistake here.

namespace wriftai::sandbox {

// One value inside of a JSON text that ParseJson() has checked. Its parts are
// found by reading the text again, so that a large input costs no tree; what
// they are read from is never changed, which keeps them byte for byte.
//
// Threads: immutable, any. The text must outlive it. Fails: never; what the
// value is not gives nothing.
class JsonValue {
 public:
  enum class Kind { kNull, kBool, kNumber, kString, kArray, kObject };

  JsonValue(Kind kind, absl::string_view raw) : kind_(kind), raw_(raw) {}

  Kind kind() const { return kind_; }
  bool IsObject() const { return kind_ == Kind::kObject; }
  bool IsNull() const { return kind_ == Kind::kNull; }

  // The value as it was written, without the white space around it.
  absl::string_view raw() const { return raw_; }

  std::optional<std::string> AsString() const;
  std::optional<double> AsNumber() const;
  std::optional<int64_t> AsInteger() const;
  std::optional<bool> AsBool() const;

  // The member of that name of an object; the last one of several, as Python
  // reads it.
  std::optional<JsonValue> Find(absl::string_view name) const;

  using Member = std::pair<std::string, JsonValue>;
  std::vector<Member> Members() const;
  std::vector<JsonValue> Items() const;

 private:
  Kind kind_;
  absl::string_view raw_;
};

struct JsonProblem {
  size_t offset = 0;
  std::string message;
};

// Checks all of `text`: the grammar, UTF-8, at most 1,000 levels (what
// Python's parser takes, before its own recursion limit) and numbers within
// the range of a double.
std::variant<JsonValue, JsonProblem> ParseJson(absl::string_view text);

// `text` as a JSON string, with quotes. Bytes that are no UTF-8 become U+FFFD.
std::string JsonQuote(absl::string_view text);

// Writes an object, member by member.
class JsonObject {
 public:
  // `json` is written as it is.
  JsonObject& Raw(absl::string_view name, absl::string_view json);
  JsonObject& String(absl::string_view name, absl::string_view text);
  JsonObject& Number(absl::string_view name, int64_t number);
  JsonObject& Bool(absl::string_view name, bool value);

  // The finished object; leaves this one empty.
  std::string Take();

 private:
  std::string text_;
};

// `items`, each of them JSON, as an array.
std::string JsonArray(const std::vector<std::string>& items);

// What does not fit, in the words of FastAPI.
struct SchemaViolation {
  std::vector<std::string> path;  // Each a JSON string or number.
  std::string message;
  std::string type;
};

// A JSON Schema, of the keywords that draft 4 and 2020-12 share.
//
// Threads: immutable, any. Owns: its text.
class JsonSchema {
 public:
  // `text` is part of the program: a mistake in it ends the program.
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
