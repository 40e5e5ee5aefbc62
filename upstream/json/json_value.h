#ifndef WRIFTAI_UPSTREAM_JSON_JSON_VALUE_H_
#define WRIFTAI_UPSTREAM_JSON_JSON_VALUE_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// Converts between JSON text and google.protobuf.Value in wire format. Never
// builds a Value as a message: one of 16 MB may hold four million messages,
// which take a gigabyte.
//
// All functions: any thread.

namespace wriftai {

// How much larger than its JSON text a Value may be. A number with two bytes of
// text takes 11 as a Value, and about 100 in the reader's memory. So an array
// of such numbers may have 3.7 MB, and strings any length.
inline constexpr size_t kMaxValueGrowth = size_t{16} << 20;

// The payload as the wire format of a google.protobuf.Value; nullopt if a Value
// would change it. Such are:
// - a number that is not the shortest decimal of its double (2^53+1, 1e400,
//   0.12345678901234567890; but 1, 1.0 and 1e0 are one number),
// - an object with a repeated key,
// - nesting of more than kMaxValueMessages,
// - a lone surrogate in a string or a key.
// Also nullopt if ParseJson() rejects `json`, or if the Value and the memory to
// build it exceed the text read so far by more than `max_growth` bytes.
std::optional<std::string> ValueWireFromJson(
    absl::string_view json, size_t max_growth = kMaxValueGrowth);

// The wire format of a message that is merged from these parts in order, as for
// a field that occurs more than once.
using WireParts = absl::InlinedVector<absl::string_view, 1>;

struct ValueLimits {
  // Maximum nesting of messages, including the Value itself.
  int max_nesting = 100;

  // Maximum number of nested Values. Each takes at least one byte of JSON text
  // and up to 16 bytes of memory during conversion. Send JSON text for larger
  // inputs.
  size_t max_values = 1'000'000;

  // Maximum size of the JSON text. A control character takes one byte in the
  // Value and six in the text.
  size_t max_json_bytes = size_t{64} << 20;
};

// The JSON text of the Value that `wire` encodes: integers within ±2^53 without
// fraction or exponent, other numbers in the shortest form that reads back as
// the same double, object keys sorted. ParseJson() accepts it, and
// ValueWireFromJson() returns an equal Value unless it is nested too deep.
// Reads `wire` as a protobuf parser would: the last of several kinds wins,
// messages are merged, unknown fields are skipped.
//
// INVALID_ARGUMENT: NaN, infinity, a string that is not UTF-8, a Value without
// a kind (at any depth), or above the limits on values and text. OUT_OF_RANGE:
// `wire` is malformed or nested too deep.
absl::StatusOr<std::string> JsonFromValueWire(const WireParts& wire,
                                              const ValueLimits& limits);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_JSON_VALUE_H_
