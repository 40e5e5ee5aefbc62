#ifndef WRIFTAI_UPSTREAM_JSON_JSON_VALUE_H_
#define WRIFTAI_UPSTREAM_JSON_JSON_VALUE_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/struct.pb.h"

namespace wriftai {

// The payload as a google.protobuf.Value, or nothing where a Value would
// change it: a number that is not the shortest decimal of its double (2^53+1,
// 1e400, 0.12345678901234567890; but 1, 1.0 and 1e0 are one number), an object
// with a key twice, more than kMaxValueMessages of nesting. Nothing is also the
// answer where ParseJson() would not accept `json`.
// Any thread.
std::optional<google::protobuf::Value> ExactValueFromJson(
    absl::string_view json);

// The JSON text of `value`: integers within ±2^53 without fraction or
// exponent, other numbers in the shortest form that reads back as the same
// double, object keys sorted. ParseJson() accepts it, and ExactValueFromJson()
// gives `value` back unless it is nested too deep for that. INVALID_ARGUMENT
// for NaN, infinity, a string that is not UTF-8, a Value of no kind (at any
// depth), and more than kMaxJsonDepth of nesting. Any thread.
absl::StatusOr<std::string> JsonFromValue(const google::protobuf::Value& value);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_JSON_VALUE_H_
