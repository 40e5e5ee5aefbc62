#include "upstream/cluster/owner_lookup.h"

#include <algorithm>
#include <utility>

#include "upstream/cluster/keys.h"

namespace wriftai::cluster {

OwnerLookup::OwnerLookup(EventLoop& event_loop, PeerLink& link,
                         const ClusterTimes& times, const ClusterView& view,
                         const KnownPeers& peers, const Session& session)
    : event_loop_(event_loop),
      link_(link),
      times_(times),
      view_(view),
      peers_(peers),
      session_(session) {}

OwnerLookup::~OwnerLookup() = default;

// As for vouching: two reads in a row have had no answer.
bool OwnerLookup::ViewIsCurrent() const {
  return session_.active() && event_loop_.Now() - session_.last_good_read() <=
                                  times_.vouching_delay();
}

void OwnerLookup::Search(const std::string& tag) {
  if (ViewIsCurrent() || wanted_.size() >= kMaxTags) return;
  wanted_.insert(tag);
  AskLater();
}

void OwnerLookup::AskLater() {
  if (ask_ != nullptr) return;
  ask_ = event_loop_.RunAt(
      std::max(event_loop_.Now(), asked_at_ + times_.lookup_interval),
      [this] { AskAll(); });
}

void OwnerLookup::AskAll() {
  ask_.reset();
  asked_at_ = event_loop_.Now();
  const std::vector<std::string> tags(wanted_.begin(), wanted_.end());
  wanted_.clear();
  for (const Peer& peer : peers_.All()) {
    if (peer.address.empty()) continue;
    if (session_.IsOwn(peer.session, peer.address)) continue;
    Ask(peer.address, tags);
  }
}

// A peer that does not answer delays no other.
void OwnerLookup::Ask(const std::string& address,
                      const std::vector<std::string>& tags) {
  CallHandle& call = calls_[address];
  if (call != nullptr) return;
  call = link_.FindOwners(
      address, {tags}, event_loop_.Now() + times_.store_deadline,
      [this, address, tags](const absl::StatusOr<FindOwnersResponse>& found) {
        // The arguments live in the call.
        const CallHandle ended = std::move(calls_.extract(address).mapped());
        if (found.ok()) OnResponse(tags, *found);
      });
}

void OwnerLookup::OnResponse(const std::vector<std::string>& tags,
                             const FindOwnersResponse& response) {
  for (const FoundOwner& owner : response.owners) {
    if (!std::binary_search(tags.begin(), tags.end(), owner.tag)) continue;
    // A peer may not have seen the end of this replica's session yet.
    if (NodeOf(owner.session) == session_.node()) continue;
    Learn(owner);
  }
}

void OwnerLookup::Learn(const FoundOwner& owner) {
  if (owner.epoch <= view_.revision()) return;
  const auto known = owners_.find(owner.tag);
  if (known != owners_.end()) {
    if (owner.epoch <= known->second.epoch) return;
    known->second = owner;
  } else {
    if (owners_.size() >= kMaxOwners) return;
    owners_.emplace(owner.tag, owner);
  }
  if (observer_ != nullptr) observer_->OnOwnerFound(owner.tag);
}

const FoundOwner* OwnerLookup::Find(const std::string& tag) const {
  const auto found = owners_.find(tag);
  if (found == owners_.end() || found->second.epoch <= view_.revision() ||
      ViewIsCurrent()) {
    return nullptr;
  }
  return &found->second;
}

void OwnerLookup::OnSessionBegan() { owners_.clear(); }

}  // namespace wriftai::cluster
