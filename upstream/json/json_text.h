#ifndef WRIFTAI_UPSTREAM_JSON_JSON_TEXT_H_
#define WRIFTAI_UPSTREAM_JSON_JSON_TEXT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// JSON text is checked as a whole and then kept as text: payloads pass through
// the gateway byte for byte, so a parsed tree would only be a way to lose
// something. What the gateway itself needs, it reads one level at a time.
//
// All functions: any thread; the views in a result point into the argument and
// live as long as its bytes.

namespace wriftai {

enum class JsonKind { kNull, kBool, kNumber, kString, kArray, kObject };

// One JSON value: its exact bytes, without the white space around it.
struct JsonSlice {
  JsonKind kind = JsonKind::kNull;
  absl::string_view text;
};

struct JsonMember {
  std::string key;  // Decoded.
  JsonSlice value;
};

// Checks that `text` is one JSON value (RFC 8259) in valid UTF-8, at most
// kMaxJsonDepth deep, with nothing but white space around it, and returns it.
// Numbers of any size are fine. An escape that is half of a surrogate pair
// (\ud800) is refused, although the grammar has it: it stands for no character,
// and what it decodes to cannot be written in UTF-8. INVALID_ARGUMENT says what
// is wrong and at which byte, and quotes nothing.
absl::StatusOr<JsonSlice> ParseJson(absl::string_view text);

// As ParseJson(), and splits the object into its members, in order, keys that
// stand there twice included. INVALID_ARGUMENT also when it is no object.
absl::StatusOr<std::vector<JsonMember>> ParseJsonObject(absl::string_view text);

// As ParseJson(), and splits the array into its elements. INVALID_ARGUMENT
// also when it is no array.
absl::StatusOr<std::vector<JsonSlice>> ParseJsonArray(absl::string_view text);

// The text of a JSON string, escapes resolved. `slice` comes from one of the
// functions above; INVALID_ARGUMENT when it is no string.
absl::StatusOr<std::string> DecodeJsonString(const JsonSlice& slice);

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
