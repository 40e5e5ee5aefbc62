#include "upstream/cluster/keys.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/digest.h"

namespace wriftai::cluster {
namespace {

// The first key after all keys with this prefix, which ends in '/'.
std::string EndOf(std::string prefix) {
  prefix.back() = '/' + 1;
  return prefix;
}

}  // namespace

std::string SessionId(absl::string_view node, int64_t number) {
  return absl::StrCat(node, ".", number);
}

absl::string_view NodeOf(absl::string_view session) {
  return session.substr(0, session.rfind('.'));
}

std::string TagOf(absl::string_view cluster_name,
                  absl::string_view credential_key) {
  const std::string sha =
      Sha256(absl::StrCat(cluster_name, "\n", credential_key));
  return absl::BytesToHexString(absl::string_view(sha).substr(0, 16));
}

Keys::Keys(absl::string_view cluster_name)
    : book_(absl::StrCat(cluster_name, "/book/")),
      member_(absl::StrCat(cluster_name, "/member/")),
      owner_(absl::StrCat(cluster_name, "/owner/")),
      request_(absl::StrCat(cluster_name, "/request/")) {}

std::string Keys::Book(absl::string_view node) const {
  return absl::StrCat(book_, node);
}

std::string Keys::Member(absl::string_view session) const {
  return absl::StrCat(member_, session);
}

std::string Keys::Owner(absl::string_view tag) const {
  return absl::StrCat(owner_, tag);
}

std::string Keys::Request(absl::string_view tag,
                          absl::string_view digest) const {
  return absl::StrCat(request_, tag, "/", digest);
}

KeyRange Keys::JoinRange() const { return {book_, EndOf(owner_)}; }

KeyRange Keys::WatchRange() const { return {member_, EndOf(owner_)}; }

Keys::Parsed Keys::Parse(absl::string_view key) const {
  if (absl::ConsumePrefix(&key, book_)) return {Kind::kBook, key};
  if (absl::ConsumePrefix(&key, member_)) return {Kind::kMember, key};
  if (absl::ConsumePrefix(&key, owner_)) return {Kind::kOwner, key};
  return {};
}

}  // namespace wriftai::cluster
