#ifndef WRIFTAI_UPSTREAM_JSON_JSON_FIELDS_H_
#define WRIFTAI_UPSTREAM_JSON_JSON_FIELDS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/timestamp.pb.h"
#include "upstream/json/json_members.h"

namespace wriftai {

// The names of fields that differ from what the upstream sent: omitted, because
// their type or format is wrong; truncated at a limit of json_limits.h; or with
// U+FFFD in place of invalid Unicode. Each name occurs once.
//
// Threads: one. Fails: never.
class InexactFields {
 public:
  void Add(absl::string_view name);
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
};

// The optional members of one JSON object, read by name and type. null is
// treated as absent, except for payloads. A member of a wrong type or format
// yields nullopt and is added to the inexact fields. It never affects other
// members.
//
// Threads: one. Owns: nothing; its arguments must outlive it. Fails: never.
class JsonFields {
 public:
  // `prefix`, such as "error.", is prepended to the names in `inexact`.
  JsonFields(const JsonMembers& members, absl::string_view prefix,
             InexactFields& inexact)
      : members_(members), prefix_(prefix), inexact_(inexact) {}

  // A string of at most `max_bytes`. Each character that IsLineSafe() rejects
  // becomes U+FFFD.
  std::optional<std::string> Line(absl::string_view name, size_t max_bytes);

  // The same, or the text of a number.
  std::optional<std::string> LineOrNumber(absl::string_view name,
                                          size_t max_bytes);

  // A string of any characters, truncated to `max_bytes`.
  std::optional<std::string> Text(absl::string_view name, size_t max_bytes);

  // An array of such strings: the last `max_lines` or fewer, at most
  // `max_bytes` in total.
  std::optional<std::vector<std::string>> Lines(absl::string_view name,
                                                size_t max_lines,
                                                size_t max_bytes);

  // A list cursor: a string of printable ASCII or a number, at most
  // kMaxCursorBytes.
  std::optional<std::string> Cursor(absl::string_view name);

  // An integer, written without fraction or exponent.
  std::optional<int64_t> Integer(absl::string_view name);

  // A time as TimestampFromRfc3339() reads it.
  std::optional<google::protobuf::Timestamp> Time(absl::string_view name);

  // The exact bytes of any value that is a payload (IsPayload()), including
  // null.
  std::optional<absl::string_view> Payload(absl::string_view name);

  // An object.
  std::optional<JsonSlice> Object(absl::string_view name);

  // Adds the member `name` to the inexact fields.
  void MarkInexact(absl::string_view name);

 private:
  const JsonMembers& members_;
  const absl::string_view prefix_;
  InexactFields& inexact_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_JSON_FIELDS_H_
