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

// The names of fields that are not exactly what the upstream sent: left out,
// since their type or form is wrong; truncated at a limit of json_limits.h; or
// with U+FFFD in place of what is not valid Unicode. Each is named once.
//
// Threads: one. Fails: never.
class InexactFields {
 public:
  void Add(absl::string_view name);
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
};

// The optional members of one JSON object, read by name and type. null is as
// good as absent, except for payloads. A member of a wrong type or form gives
// nothing and is added to the inexact fields: it never makes the rest
// unreadable.
//
// Threads: one. Owns: nothing; what it was given must outlive it. Fails: never.
class JsonFields {
 public:
  // `prefix` stands before the names in `inexact`, such as "error.".
  JsonFields(const JsonMembers& members, absl::string_view prefix,
             InexactFields& inexact)
      : members_(members), prefix_(prefix), inexact_(inexact) {}

  // A string of at most `max_bytes`, without the characters that
  // IsLineSafe() rejects: each becomes U+FFFD.
  std::optional<std::string> Line(absl::string_view name, size_t max_bytes);

  // The same, or the text of a number.
  std::optional<std::string> LineOrNumber(absl::string_view name,
                                          size_t max_bytes);

  // A string of any characters, truncated to `max_bytes`.
  std::optional<std::string> Text(absl::string_view name, size_t max_bytes);

  // An array of such strings: the last `max_lines`, as many as `max_bytes`
  // hold.
  std::optional<std::vector<std::string>> Lines(absl::string_view name,
                                                size_t max_lines,
                                                size_t max_bytes);

  // A cursor of the list: a string of printable ASCII or a number, of at most
  // kMaxCursorBytes.
  std::optional<std::string> Cursor(absl::string_view name);

  // A whole number, written without fraction and exponent.
  std::optional<int64_t> Integer(absl::string_view name);

  // A time as TimestampFromRfc3339() reads it.
  std::optional<google::protobuf::Timestamp> Time(absl::string_view name);

  // The exact bytes of any value that IsPayload(), null included.
  std::optional<std::string> Payload(absl::string_view name);

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
