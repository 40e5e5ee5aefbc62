#ifndef WRIFTAI_UPSTREAM_JSON_JSON_FIELDS_H_
#define WRIFTAI_UPSTREAM_JSON_JSON_FIELDS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "upstream/json/json_text.h"

namespace wriftai {

// The members of one JSON object by name, to be read one by one: of a name that
// stands there twice, the last counts; null is as good as absent, but for
// Raw(). The first member that is not of the wanted type is remembered in
// status(), and every later read then gives nothing.
//
// Threads: one. Owns: the names; the text must outlive it. Fails: status().
class JsonFields {
 public:
  // `path` is put before the members' names in errors, such as "items[3].".
  // Fails when `object` is not an object.
  JsonFields(const JsonSlice& object, std::string path);

  // INVALID_ARGUMENT that says which member, what was wanted, what was there.
  const absl::Status& status() const { return status_; }

  // A string; RequiredString() also fails where there is none.
  std::optional<std::string> String(absl::string_view name);
  std::string RequiredString(absl::string_view name);

  // A string, or the text of a number.
  std::optional<std::string> StringOrNumber(absl::string_view name);

  // A whole number, written without fraction and exponent.
  std::optional<int64_t> Integer(absl::string_view name);

  // An array of strings.
  std::optional<std::vector<std::string>> Strings(absl::string_view name);

  // Any value, null included; nothing only where it is absent.
  std::optional<JsonSlice> Raw(absl::string_view name) const;

  // Anything but null.
  std::optional<JsonSlice> Present(absl::string_view name) const;

  // Remembers that `name` holds `slice` where `wanted` was wanted.
  void Fail(absl::string_view name, absl::string_view wanted,
            const JsonSlice& slice);

  // Remembers the failure of something that is part of this.
  void Fail(const absl::Status& status);

  std::string PathOf(absl::string_view name) const;

 private:
  std::string path_;
  std::map<std::string, JsonSlice, std::less<>> members_;
  absl::Status status_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_JSON_FIELDS_H_
