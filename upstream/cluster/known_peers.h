#ifndef WRIFTAI_UPSTREAM_CLUSTER_KNOWN_PEERS_H_
#define WRIFTAI_UPSTREAM_CLUSTER_KNOWN_PEERS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "upstream/cluster/cluster_view.h"
#include "upstream/cluster/peer_link.h"

namespace wriftai::cluster {

// The sessions of other replicas that may take over a credential: those in the
// view that have not ended, and those that have called and are newer than the
// view.
//
// Threads: loop. Owns: the callers, up to kMaxCallers. The view must outlive
// it. Fails: never.
class KnownPeers {
 public:
  // Vouching costs replicas² calls, so it is for up to 30 of them; a rollout
  // doubles that number.
  static constexpr size_t kMaxCallers = 100;

  // `node`: this replica's.
  KnownPeers(const ClusterView& view, std::string node)
      : view_(view), node_(std::move(node)) {}

  // A peer has called. Its newest session counts.
  void Add(const Peer& peer);

  // False while a caller is missing for lack of room.
  bool complete() const { return dropped_revision_ <= view_.revision(); }

  std::vector<Peer> All() const;

 private:
  bool IsNewerThanView(const Peer& peer) const {
    return peer.revision > view_.revision();
  }

  const ClusterView& view_;
  const std::string node_;
  std::map<std::string, Peer> callers_;  // By node.
  int64_t dropped_revision_ = 0;  // The newest caller that found no room.
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_UPSTREAM_CLUSTER_KNOWN_PEERS_H_
