#include "upstream/json/rfc3339.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/time/time.h"

namespace wriftai {
namespace {

// Whether `text` begins with `pattern`, in which 0 matches any digit. Removes
// it if so.
bool ConsumeShape(absl::string_view pattern, absl::string_view& text) {
  if (text.size() < pattern.size()) return false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const bool fits = pattern[i] == '0'
                          ? absl::ascii_isdigit(text[i])
                          : absl::ascii_toupper(text[i]) == pattern[i];
    if (!fits) return false;
  }
  text.remove_prefix(pattern.size());
  return true;
}

// absl::ParseTime() alone would accept more: surrounding spaces, missing
// digits, "infinite-future", an offset of "+01".
bool HasShape(absl::string_view text) {
  if (!ConsumeShape("0000-00-00T00:00:00", text)) return false;
  if (ConsumeShape(".0", text)) {
    while (ConsumeShape("0", text)) {
    }
  }
  return text == "Z" || text == "z" ||
         ((ConsumeShape("+00:00", text) || ConsumeShape("-00:00", text)) &&
          text.empty());
}

}  // namespace

std::optional<google::protobuf::Timestamp> TimestampFromRfc3339(
    absl::string_view text) {
  absl::Time time;
  std::string error;
  if (!HasShape(text) ||
      !absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
    return std::nullopt;
  }
  const absl::Time whole = absl::FromUnixSeconds(absl::ToUnixSeconds(time));
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(absl::ToUnixSeconds(time));
  timestamp.set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(time - whole)));
  // The years 1 to 9999 (timestamp.proto).
  if (timestamp.seconds() < -62135596800 ||
      timestamp.seconds() > 253402300799) {
    return std::nullopt;
  }
  return timestamp;
}

}  // namespace wriftai
