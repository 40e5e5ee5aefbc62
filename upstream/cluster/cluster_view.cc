#include "upstream/cluster/cluster_view.h"

#include <optional>
#include <utility>

#include "upstream/cluster/records.h"

namespace wriftai::cluster {
namespace {

Member MemberFrom(const KeyValue& entry) {
  Member member;
  auto record = DecodeMember(entry.value);
  // A session that cannot be asked is still a session.
  if (record.ok()) member.record = *std::move(record);
  member.revision = entry.create_revision;
  member.lease = entry.lease;
  return member;
}

Owner OwnerFrom(const KeyValue& entry) {
  return {entry.value, entry.mod_revision};
}

}  // namespace

bool Owner::released() const { return session == kReleased; }

void ClusterView::Load(const RangeResult& read) {
  members_.clear();
  owners_.clear();
  book_.clear();
  for (const KeyValue& entry : read.entries) {
    const Keys::Parsed key = keys_.Parse(entry.key);
    const std::string name(key.name);
    switch (key.kind) {
      case Keys::Kind::kBook:
        book_[name] = entry.value;
        break;
      case Keys::Kind::kMember:
        members_[name] = MemberFrom(entry);
        break;
      case Keys::Kind::kOwner:
        owners_[name] = OwnerFrom(entry);
        break;
      case Keys::Kind::kOther:
        break;
    }
  }
  revision_ = read.revision;
}

void ClusterView::Apply(const std::vector<Event>& events) {
  for (const Event& event : events) {
    // First, so that an observer sees the revision of its change.
    revision_ = event.entry.mod_revision;
    const Keys::Parsed key = keys_.Parse(event.entry.key);
    if (key.kind == Keys::Kind::kOwner) {
      ApplyOwner(std::string(key.name), event);
    } else if (key.kind == Keys::Kind::kMember) {
      ApplyMember(std::string(key.name), event);
    }
  }
}

void ClusterView::ApplyMember(const std::string& session, const Event& event) {
  if (event.deleted) {
    members_.erase(session);
  } else {
    members_[session] = MemberFrom(event.entry);
  }
}

void ClusterView::ApplyOwner(const std::string& tag, const Event& event) {
  std::optional<Owner> before;
  const auto found = owners_.find(tag);
  if (found != owners_.end()) before = std::move(found->second);
  std::optional<Owner> after;
  if (event.deleted) {
    if (found != owners_.end()) owners_.erase(found);
  } else {
    after = OwnerFrom(event.entry);
    owners_[tag] = *after;
  }
  if (observer_ == nullptr) return;
  observer_->OnOwnerChanged(tag, before.has_value() ? &*before : nullptr,
                            after.has_value() ? &*after : nullptr);
}

const Member* ClusterView::FindMember(const std::string& session) const {
  const auto found = members_.find(session);
  return found == members_.end() ? nullptr : &found->second;
}

const Owner* ClusterView::FindOwner(const std::string& tag) const {
  const auto found = owners_.find(tag);
  return found == owners_.end() ? nullptr : &found->second;
}

}  // namespace wriftai::cluster
