#ifndef WRIFTAI_UPSTREAM_CLUSTER_INTRODUCTIONS_H_
#define WRIFTAI_UPSTREAM_CLUSTER_INTRODUCTIONS_H_

#include <cstddef>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/call.h"
#include "base/event_loop.h"
#include "upstream/cluster/cluster_times.h"
#include "upstream/cluster/cluster_view.h"
#include "upstream/cluster/peer_link.h"
#include "upstream/cluster/session.h"

namespace wriftai::cluster {

// Calls every address in the book when a session begins, and repeats it until
// it answers. An owner that is cut off from the store may be there, and must
// ask this replica from then on before it continues.
//
// Threads: loop. Owns: its calls, one for each entry in the book. All arguments
// must outlive it. Fails: never.
class Introductions : public SessionObserver {
 public:
  Introductions(EventLoop& event_loop, PeerLink& link,
                const ClusterTimes& times, const ClusterView& view,
                Session& session);

  // While the session is active: no grant before this time. InfiniteFuture
  // until each address has answered, or has failed to once. The pause begins
  // then, and again with each answer during the pause: only from that moment on
  // is the peer known to ask this replica.
  absl::Time joined_until() const;

  void OnSessionBegan() override;
  void OnSessionEnded() override;

 private:
  struct Introduction {
    CallHandle call;  // Null between two calls.
    bool failed = false;
  };

  void OnTick();
  void OnResponse(const std::string& address,
                  const absl::StatusOr<VouchResponse>& response);

  EventLoop& event_loop_;
  PeerLink& link_;
  const ClusterTimes times_;
  const ClusterView& view_;
  Session& session_;
  absl::Time joined_at_;  // If untried_ is 0.
  size_t untried_ = 0;    // Have neither answered nor failed yet.
  std::map<std::string, Introduction> unanswered_;  // By address.
  TimerHandle tick_;
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_UPSTREAM_CLUSTER_INTRODUCTIONS_H_
