#ifndef WRIFTAI_UPSTREAM_JSON_JSON_TEXT_H_
#define WRIFTAI_UPSTREAM_JSON_JSON_TEXT_H_

#include <cstddef>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// JSON text is validated as a whole and then kept as text: payloads pass
// through the gateway byte for byte, and a parsed tree could lose something.
// The fields that the gateway needs are read one level at a time.
//
// All functions: any thread. Views in a result point into the argument and are
// valid as long as its bytes.

namespace wriftai {

enum class JsonKind { kNull, kBool, kNumber, kString, kArray, kObject };

// One JSON value: its exact bytes, without surrounding white space.
struct JsonSlice {
  JsonKind kind = JsonKind::kNull;
  absl::string_view text;

  // Levels of arrays and objects, including itself; 0 for other kinds.
  size_t depth = 0;
};

// Checks that `text` is one JSON value by the grammar of RFC 8259, surrounded
// only by white space, and returns it. Strings may contain any non-ASCII bytes
// and any \u escape; numbers may have any size, and nesting any depth.
// INVALID_ARGUMENT names the problem and its byte; it does not quote the text.
absl::StatusOr<JsonSlice> SkimJson(absl::string_view text);

// As SkimJson(), for a payload: also checks that `text` is valid UTF-8 and at
// most kMaxJsonDepth deep. Half of a surrogate pair (\ud800) conforms to the
// grammar and is accepted.
absl::StatusOr<JsonSlice> ParseJson(absl::string_view text);

// Whether ParseJson() accepts `slice`, which was returned by a function of this
// file.
bool IsPayload(const JsonSlice& slice);

// As SkimJson(), and calls `visit` for each member of the object in order,
// including repeated keys. Keys are passed as written: see JsonKeyIs().
// INVALID_ARGUMENT also if `text` is not an object.
absl::Status ForEachJsonMember(
    absl::string_view text,
    absl::FunctionRef<void(absl::string_view key, const JsonSlice& value)>
        visit);

// As SkimJson(), and calls `visit` for each element of the array in order.
// INVALID_ARGUMENT also if `text` is not an array.
absl::Status ForEachJsonElement(
    absl::string_view text,
    absl::FunctionRef<void(const JsonSlice& element)> visit);

// Whether `key`, as written, decodes to `name`.
bool JsonKeyIs(absl::string_view key, absl::string_view name);

// `text` without its byte order mark, if any. RFC 8259, section 8.1, lets
// parsers ignore it.
absl::string_view WithoutByteOrderMark(absl::string_view text);

// `text` as a JSON string with its quotes. `text` is valid UTF-8.
std::string EncodeJsonString(absl::string_view text);

// The same for any bytes. If they are not valid UTF-8, every non-ASCII byte
// becomes U+FFFD.
std::string EncodeAnyJsonString(absl::string_view text);

// `text` as printable ASCII for an error message. White space becomes spaces;
// any other character becomes `?`. At most kMaxQuotedBytes; ends with `...` if
// it was cut.
std::string QuoteForError(absl::string_view text);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_JSON_TEXT_H_
