#ifndef WRIFTAI_TESTS_SUPPORT_JSON_PARTS_H_
#define WRIFTAI_TESTS_SUPPORT_JSON_PARTS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "upstream/json/json_string.h"
#include "upstream/json/json_text.h"

namespace wriftai {

struct JsonMember {
  std::string key;  // Decoded.
  JsonSlice value;
};

// Returns all members of an object in order.
inline absl::StatusOr<std::vector<JsonMember>> ParseJsonObject(
    absl::string_view text) {
  std::vector<JsonMember> members;
  const absl::Status status = ForEachJsonMember(
      text, [&](absl::string_view key, const JsonSlice& value) {
        members.push_back({DecodeJsonToken(key).text, value});
      });
  if (!status.ok()) return status;
  return members;
}

// Returns all elements of an array in order.
inline absl::StatusOr<std::vector<JsonSlice>> ParseJsonArray(
    absl::string_view text) {
  std::vector<JsonSlice> elements;
  const absl::Status status = ForEachJsonElement(
      text, [&](const JsonSlice& element) { elements.push_back(element); });
  if (!status.ok()) return status;
  return elements;
}

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SUPPORT_JSON_PARTS_H_
