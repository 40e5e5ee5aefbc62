#include "upstream/json/json_members.h"

#include <cassert>
#include <cstring>

namespace wriftai {

absl::StatusOr<JsonMembers> JsonMembers::Read(
    absl::string_view text, std::initializer_list<absl::string_view> names) {
  JsonMembers result;
  result.members_.reserve(names.size());
  for (const absl::string_view name : names) {
    result.members_.push_back({name, std::nullopt});
  }
  const absl::Status status = ForEachJsonMember(
      text, [&](absl::string_view key, const JsonSlice& value) {
        // Once per key, since there are many names.
        const bool has_escape =
            std::memchr(key.data(), '\\', key.size()) != nullptr;
        const absl::string_view plain = key.substr(1, key.size() - 2);
        for (Member& member : result.members_) {
          if (has_escape ? JsonKeyIs(key, member.name) : plain == member.name) {
            member.value = value;
          }
        }
      });
  if (!status.ok()) return status;
  return result;
}

std::optional<JsonSlice> JsonMembers::Find(absl::string_view name) const {
  for (const Member& member : members_) {
    if (member.name == name) return member.value;
  }
  assert(false);  // Read() was not given the name.
  return std::nullopt;
}

std::optional<JsonSlice> JsonMembers::FindPresent(
    absl::string_view name) const {
  std::optional<JsonSlice> slice = Find(name);
  if (slice.has_value() && slice->kind == JsonKind::kNull) slice.reset();
  return slice;
}

}  // namespace wriftai
