#ifndef WRIFTAI_UPSTREAM_CLUSTER_OWNER_LOOKUP_H_
#define WRIFTAI_UPSTREAM_CLUSTER_OWNER_LOOKUP_H_

#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/call.h"
#include "base/event_loop.h"
#include "upstream/cluster/cluster_times.h"
#include "upstream/cluster/cluster_view.h"
#include "upstream/cluster/known_peers.h"
#include "upstream/cluster/peer_link.h"
#include "upstream/cluster/session.h"

namespace wriftai::cluster {

// Loop thread. Must not call OwnerLookup.
class OwnerLookupObserver {
 public:
  virtual ~OwnerLookupObserver() = default;

  // Find() has another answer.
  virtual void OnOwnerFound(const std::string& tag) = 0;
};

// Finds owners while this replica is cut off from the store and its view is
// old: it asks all peers that it knows, and believes the newest answer until
// the view is newer. The answers only say where to forward calls: a replica
// runs a forwarded call only if it owns the credential under that epoch, so a
// wrong answer sends nothing twice.
//
// Threads: loop. Owns: the calls, one for each peer; up to kMaxTags questions
// and kMaxOwners answers. All arguments must outlive it. Fails: never.
class OwnerLookup : public SessionObserver {
 public:
  // Of one request: 1,000 credentials a second, as ten are sent.
  static constexpr size_t kMaxTags = 100;

  // About 200 bytes each. As many credentials as a replica uses.
  static constexpr size_t kMaxOwners = 20'000;

  OwnerLookup(EventLoop& event_loop, PeerLink& link, const ClusterTimes& times,
              const ClusterView& view, const KnownPeers& peers,
              const Session& session);
  ~OwnerLookup() override;

  void set_observer(OwnerLookupObserver& observer) { observer_ = &observer; }

  // A call has not reached the credential's owner. Asks for it, unless the view
  // is current. Callers repeat it while they search.
  void Search(const std::string& tag);

  // The owner that peers have named, if it is newer than the view, and the view
  // is not current; null otherwise. Never this replica.
  const FoundOwner* Find(const std::string& tag) const;

  // A new session's view is newer than any answer.
  void OnSessionBegan() override;
  void OnSessionEnded() override {}

 private:
  bool ViewIsCurrent() const;
  void AskLater();
  void AskAll();
  void Ask(const std::string& address, const std::vector<std::string>& tags);
  void OnResponse(const std::vector<std::string>& tags,
                  const FindOwnersResponse& response);
  void Learn(const FoundOwner& owner);

  EventLoop& event_loop_;
  PeerLink& link_;
  const ClusterTimes times_;
  const ClusterView& view_;
  const KnownPeers& peers_;
  const Session& session_;
  OwnerLookupObserver* observer_ = nullptr;

  std::set<std::string> wanted_;  // Tags of the next request.
  absl::Time asked_at_ = absl::InfinitePast();
  TimerHandle ask_;
  std::map<std::string, CallHandle> calls_;  // By address. Null: ended.
  absl::flat_hash_map<std::string, FoundOwner> owners_;  // By tag.
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_UPSTREAM_CLUSTER_OWNER_LOOKUP_H_
