#ifndef WRIFTAI_UPSTREAM_JSON_JSON_VALUE_H_
#define WRIFTAI_UPSTREAM_JSON_JSON_VALUE_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/struct.pb.h"

namespace wriftai {

// The payload as a google.protobuf.Value, or nothing where a Value would
// change it: a number that a double does not round-trip (2^53+1, 1e400,
// 0.12345678901234567890), an object with a key twice, more than
// kMaxValueMessages of nesting, a string with a lone surrogate. `json` has
// passed ParseJson(); nothing is also the answer where it would not.
// Any thread.
std::optional<google::protobuf::Value> ExactValueFromJson(
    absl::string_view json);

// The JSON text of `value`: integers within ±2^53 without fraction or
// exponent, other numbers in the shortest form that reads back as the same
// double, object keys sorted. INVALID_ARGUMENT for NaN, infinity, and a Value
// (at any depth) of no kind. Any thread.
absl::StatusOr<std::string> JsonFromValue(const google::protobuf::Value& value);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_JSON_VALUE_H_
