#ifndef WRIFTAI_UPSTREAM_JSON_JSON_VALUE_H_
#define WRIFTAI_UPSTREAM_JSON_JSON_VALUE_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// JSON text to and from google.protobuf.Value, both as bytes. No Value is ever
// built as a message: one of 16 MB may hold four million messages, and takes a
// gigabyte.
//
// All functions: any thread.

namespace wriftai {

// How much larger than its JSON text a Value may be. A number of two bytes of
// text takes 11 as a Value, and some 100 in its reader's memory. So an array of
// such numbers may have 3.7 MB, and strings any length.
inline constexpr size_t kMaxValueGrowth = size_t{16} << 20;

// The payload as the wire format of a google.protobuf.Value, or nothing where
// a Value would change it: a number that is not the shortest decimal of its
// double (2^53+1, 1e400, 0.12345678901234567890; but 1, 1.0 and 1e0 are one
// number), an object with a key twice, more than kMaxValueMessages of nesting,
// half of a surrogate pair in a string or a key. Nothing is also the answer
// where ParseJson() would not accept `json`, and where the Value, with what it
// takes to make it, would have `max_growth` more bytes than the text up to any
// point of it.
std::optional<std::string> ValueWireFromJson(
    absl::string_view json, size_t max_growth = kMaxValueGrowth);

// The wire format of a message that is merged from these parts, in order: a
// field that occurs more than once.
using WireParts = absl::InlinedVector<absl::string_view, 1>;

struct ValueLimits {
  // Messages around the innermost one, the Value itself counted.
  int max_nesting = 100;

  // Values in it, each of which takes at least one byte of JSON text and up to
  // 16 bytes of memory while it is converted. More than a million are what
  // JSON text is for.
  size_t max_values = 1'000'000;

  // Of the JSON text: a control character takes one byte in the Value, and six
  // in the text.
  size_t max_json_bytes = size_t{64} << 20;
};

// The JSON text of the Value that `wire` encodes: integers within ±2^53 without
// fraction or exponent, other numbers in the shortest form that reads back as
// the same double, object keys sorted. ParseJson() accepts it, and
// ValueWireFromJson() gives an equal Value back unless it is nested too deep
// for that. Reads `wire` as a protobuf parser would: the last of several kinds
// counts, messages are merged, unknown fields are skipped.
//
// INVALID_ARGUMENT for NaN, infinity, a string that is not UTF-8, a Value of no
// kind (at any depth), and for what exceeds the limits on values and text.
// OUT_OF_RANGE where `wire` is malformed, or nested too deep.
absl::StatusOr<std::string> JsonFromValueWire(const WireParts& wire,
                                              const ValueLimits& limits);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_JSON_VALUE_H_
