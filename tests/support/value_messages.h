#ifndef WRIFTAI_TESTS_SUPPORT_VALUE_MESSAGES_H_
#define WRIFTAI_TESTS_SUPPORT_VALUE_MESSAGES_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/struct.pb.h"
#include "upstream/json/json_value.h"

// Like upstream/json/json_value.h, but for Value messages. All functions: any
// thread.

namespace wriftai {

// As ValueWireFromJson(); also nullopt if its bytes are not a Value.
inline std::optional<google::protobuf::Value> ExactValueFromJson(
    absl::string_view json) {
  const std::optional<std::string> wire = ValueWireFromJson(json);
  google::protobuf::Value value;
  if (!wire.has_value() || !value.ParseFromString(*wire)) return std::nullopt;
  return value;
}

// As JsonFromValueWire(), with nesting up to `max_nesting`.
inline absl::StatusOr<std::string> JsonFromValue(
    const google::protobuf::Value& value, int max_nesting = 100) {
  const std::string wire = value.SerializeAsString();
  ValueLimits limits;
  limits.max_nesting = max_nesting;
  return JsonFromValueWire({wire}, limits);
}

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SUPPORT_VALUE_MESSAGES_H_
