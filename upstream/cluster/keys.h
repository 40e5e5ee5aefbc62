#ifndef WRIFTAI_UPSTREAM_CLUSTER_KEYS_H_
#define WRIFTAI_UPSTREAM_CLUSTER_KEYS_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "upstream/cluster/store.h"

namespace wriftai::cluster {

// Session ids are NODE.N: N counts the sessions of the process NODE.
std::string SessionId(absl::string_view node, int64_t number);
// NODE; `session` itself if it has no number.
absl::string_view NodeOf(absl::string_view session);

// The tag of a credential: 128 bits of SHA-256 over the cluster's name and the
// key of the credential, as 32 hex digits. It reveals neither the token nor its
// hash.
std::string TagOf(absl::string_view cluster_name,
                  absl::string_view credential_key);

// The keys of one cluster in the store. The kinds sort as book, member, owner,
// request, so one range has all that a replica reads when it joins, and one
// watch, in one order, all that it follows afterwards.
//
// Threads: immutable, any. Fails: never.
class Keys {
 public:
  explicit Keys(absl::string_view cluster_name);

  std::string Book(absl::string_view node) const;
  std::string Member(absl::string_view session) const;
  std::string Owner(absl::string_view tag) const;
  // `digest`: of a request ID.
  std::string Request(absl::string_view tag, absl::string_view digest) const;

  // Books, members and owners.
  KeyRange JoinRange() const;
  // Members and owners.
  KeyRange WatchRange() const;

  enum class Kind { kBook, kMember, kOwner, kOther };
  struct Parsed {
    Kind kind = Kind::kOther;
    absl::string_view name;  // The node, session or tag; refers to the key.
  };
  Parsed Parse(absl::string_view key) const;

 private:
  const std::string book_;
  const std::string member_;
  const std::string owner_;
  const std::string request_;
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_UPSTREAM_CLUSTER_KEYS_H_
