#include "upstream/cluster/known_peers.h"

#include <algorithm>
#include <iterator>

#include "upstream/cluster/keys.h"

namespace wriftai::cluster {

void KnownPeers::Add(const Peer& peer) {
  const std::string node(NodeOf(peer.session));
  if (node == node_ || !IsNewerThanView(peer)) return;
  // The view shows these by now, or their end.
  for (auto caller = callers_.begin(); caller != callers_.end();) {
    caller = IsNewerThanView(caller->second) ? std::next(caller)
                                             : callers_.erase(caller);
  }
  const auto known = callers_.find(node);
  if (known == callers_.end()) {
    if (callers_.size() >= kMaxCallers) {
      dropped_revision_ = std::max(dropped_revision_, peer.revision);
      return;
    }
    callers_.emplace(node, peer);
  } else if (known->second.revision < peer.revision) {
    known->second = peer;
  }
}

std::vector<Peer> KnownPeers::All() const {
  std::vector<Peer> peers;
  for (const auto& [session, member] : view_.members()) {
    if (NodeOf(session) == node_) continue;
    peers.push_back({session, member.revision, member.record.address});
  }
  for (const auto& [node, peer] : callers_) {
    if (IsNewerThanView(peer)) peers.push_back(peer);
  }
  return peers;
}

}  // namespace wriftai::cluster
