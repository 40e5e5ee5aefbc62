#ifndef WRIFTAI_UPSTREAM_JSON_JSON_TEXT_H_
#define WRIFTAI_UPSTREAM_JSON_JSON_TEXT_H_

#include <cstddef>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// JSON text is checked as a whole and then kept as text: payloads pass through
// the gateway byte for byte, and a parsed tree could lose something. What the
// gateway itself needs, it reads one level at a time.
//
// All functions: any thread; the views in a result point into the argument and
// live as long as its bytes.

namespace wriftai {

enum class JsonKind { kNull, kBool, kNumber, kString, kArray, kObject };

// One JSON value: its exact bytes, without the white space around it.
struct JsonSlice {
  JsonKind kind = JsonKind::kNull;
  absl::string_view text;

  // Levels of arrays and objects in it, itself counted; 0 for other kinds.
  size_t depth = 0;
};

// Checks that `text` is one JSON value by the grammar of RFC 8259, with nothing
// but white space around it, and returns it. Strings may hold any bytes beyond
// ASCII and any \u escape, numbers may have any size, and nesting any depth.
// INVALID_ARGUMENT says what is wrong and at which byte, and quotes nothing.
absl::StatusOr<JsonSlice> SkimJson(absl::string_view text);

// As SkimJson(), for a payload that is to be carried: also checks that `text`
// is valid UTF-8 and at most kMaxJsonDepth deep. An escape that is half of a
// surrogate pair (\ud800) is grammatical and so accepted.
absl::StatusOr<JsonSlice> ParseJson(absl::string_view text);

// Whether ParseJson() accepts `slice`, which comes from one of the functions
// here.
bool IsPayload(const JsonSlice& slice);

// As SkimJson(), and calls `visit` for each member of the object, in order,
// keys that occur twice included. A key is as it is written: see JsonKeyIs().
// INVALID_ARGUMENT also where `text` is not an object.
absl::Status ForEachJsonMember(
    absl::string_view text,
    absl::FunctionRef<void(absl::string_view key, const JsonSlice& value)>
        visit);

// As SkimJson(), and calls `visit` for each element of the array, in order.
// INVALID_ARGUMENT also where `text` is not an array.
absl::Status ForEachJsonElement(
    absl::string_view text,
    absl::FunctionRef<void(const JsonSlice& element)> visit);

// Whether `key`, as it is written, stands for `name`.
bool JsonKeyIs(absl::string_view key, absl::string_view name);

// `text` without the byte order mark at its beginning, where there is one. RFC
// 8259, section 8.1, lets parsers ignore it.
absl::string_view WithoutByteOrderMark(absl::string_view text);

// `text` as a JSON string with its quotes. `text` is valid UTF-8.
std::string EncodeJsonString(absl::string_view text);

// The same for any bytes: where they are not UTF-8, every byte beyond ASCII
// becomes U+FFFD.
std::string EncodeAnyJsonString(absl::string_view text);

// `text` as printable ASCII, fit for an error message: white space becomes
// spaces, any other character `?`. At most kMaxQuotedBytes; where it was cut,
// it ends with `...`.
std::string QuoteForError(absl::string_view text);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_JSON_TEXT_H_
