#ifndef WRIFTAI_UPSTREAM_CLUSTER_VOUCHING_H_
#define WRIFTAI_UPSTREAM_CLUSTER_VOUCHING_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

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

// Counts since the process started. A value.
struct VouchingStats {
  int64_t rounds = 0;
  int64_t confirmed = 0;  // Those that kept the session certain.
};

// Keeps a session certain while the store does not answer. It asks every
// session that may take over whether it has seen this one end. If none has, the
// session is certain for ClusterTimes::certainty from the moment of the
// question: one that sees the end later pauses for longer than that. If one
// has, the session ends. If one does not answer, nothing is gained. A session
// that has lapsed, or pauses in an outage, only asks to learn of its end, so
// that its calls go to the next owner.
//
// Threads: loop. Owns: the calls of the current round. All arguments must
// outlive it. Fails: never.
class Vouching : public SessionObserver {
 public:
  Vouching(EventLoop& event_loop, PeerLink& link, const ClusterTimes& times,
           CoordinationOutage outage, const ClusterView& view,
           KnownPeers& peers, Session& session);
  ~Vouching() override;

  // A peer's question. The asker counts as a peer from now on.
  VouchResponse Answer(const VouchRequest& request);

  const VouchingStats& stats() const { return stats_; }

  void OnSessionBegan() override { OnTick(); }
  void OnSessionEnded() override;

 private:
  struct Round {
    absl::Time sent_at;
    std::map<std::string, CallHandle> calls;  // By address.
    size_t unanswered = 0;
    bool may_extend = true;  // The certainty, if all vouch.
  };

  void OnTick();
  void StartRound();
  void AskAll(const std::vector<Peer>& peers);
  // False if the peer cannot be asked, so that not all vouch.
  bool Ask(const Peer& peer);
  void OnResponse(const absl::StatusOr<VouchResponse>& response);
  void ConcludeIfAnswered();

  EventLoop& event_loop_;
  PeerLink& link_;
  const ClusterTimes times_;
  const CoordinationOutage outage_;
  const ClusterView& view_;
  KnownPeers& peers_;
  Session& session_;
  VouchingStats stats_;
  std::unique_ptr<Round> round_;
  TimerHandle tick_;
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_UPSTREAM_CLUSTER_VOUCHING_H_
