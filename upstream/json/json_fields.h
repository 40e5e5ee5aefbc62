#ifndef WRIFTAI_UPSTREAM_JSON_JSON_FIELDS_H_
#define WRIFTAI_UPSTREAM_JSON_JSON_FIELDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "upstream/json/json_text.h"

namespace wriftai {

// The members of one JSON object, read by name. Of a name that stands there
// twice the last counts, and null is as good as absent, but for Raw(). Problems
// are remembered, not returned, so that reading an object is a list of reads
// with one check at its end.
//
// Threads: one. Owns: the keys; the text must outlive it. Fails: status() has
// the first problem; a read that had one gives nothing.
class JsonFields {
 public:
  // `path` says in errors where the object stands, such as "items[3]"; empty
  // for the outermost. That `text` is no object is a problem, too.
  JsonFields(absl::string_view text, std::string path);

  // INVALID_ARGUMENT: the member, what was wanted, what is there.
  const absl::Status& status() const { return status_; }

  std::optional<std::string> String(absl::string_view name);

  // A string that must be there; empty where it is not.
  std::string RequiredString(absl::string_view name);

  // A string, or the text of a number.
  std::optional<std::string> StringOrNumber(absl::string_view name);

  // A whole number, written without fraction and exponent.
  std::optional<int64_t> Integer(absl::string_view name);

  // An array of strings.
  std::optional<std::vector<std::string>> Strings(absl::string_view name);

  // Anything but null.
  std::optional<JsonSlice> Present(absl::string_view name) const;

  // Anything; nothing only where it is absent.
  std::optional<JsonSlice> Raw(absl::string_view name) const;

  // `path`, then `name`: where a member stands.
  std::string PathOf(absl::string_view name) const;

  // Remembers that the member `name` is not what was `wanted`.
  void Refuse(absl::string_view name, absl::string_view wanted);

  // Remembers a problem of a part that was read elsewhere.
  void Update(const absl::Status& status) { status_.Update(status); }

 private:
  const std::string path_;
  std::vector<JsonMember> members_;
  absl::Status status_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_JSON_FIELDS_H_
