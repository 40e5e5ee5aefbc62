#ifndef WRIFTAI_UPSTREAM_JSON_JSON_MEMBERS_H_
#define WRIFTAI_UPSTREAM_JSON_JSON_MEMBERS_H_

#include <initializer_list>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "upstream/json/json_text.h"

namespace wriftai {

// Selected members of one JSON object. All others are skipped by grammar and
// cost no memory, however many there are. If a name is repeated, the last one
// wins.
//
// Threads: one. Owns: nothing; the text and the names must outlive it. Fails:
// only Read().
class JsonMembers {
 public:
  // Reads the members in `names`. INVALID_ARGUMENT as ForEachJsonMember().
  static absl::StatusOr<JsonMembers> Read(
      absl::string_view text, std::initializer_list<absl::string_view> names);

  // The member `name`, which was passed to Read(); nullopt if absent.
  std::optional<JsonSlice> Find(absl::string_view name) const;

  // The same, but treats null as absent.
  std::optional<JsonSlice> FindPresent(absl::string_view name) const;

 private:
  struct Member {
    absl::string_view name;
    std::optional<JsonSlice> value;
  };

  std::vector<Member> members_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_JSON_MEMBERS_H_
