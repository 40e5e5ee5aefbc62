#ifndef WRIFTAI_UPSTREAM_CLUSTER_REACHABILITY_H_
#define WRIFTAI_UPSTREAM_CLUSTER_REACHABILITY_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
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

// Whether a replica serves, and if not, what it lacks.
enum class Admission {
  kAdmitted,
  kUnanswered,  // No member that serves has answered it.
  kUncalled,    // One has answered, but none that has done so has called it.
  kWaiting,     // No member serves, and it is not its turn yet.
  kForeign,     // A member that serves has the own token of another account.
};

// Which members this replica can call, and which have called it. It calls each
// other member until it answers, and one that does not serve yet also later.
//
// A replica that reaches the store but not its peers would own credentials for
// which no other could call it. So it is admitted, and serves, only once a
// member that serves has answered it and called it. While no member serves, the
// oldest one is admitted, a pause after it has joined: after an outage of the
// store, those that served have joined again by then. An admission is final,
// and the member's record shows it.
//
// Threads: loop. Owns: its calls, one for each member. All arguments must
// outlive it. Fails: never.
class Reachability : public SessionObserver {
 public:
  // Callers that the view does not show yet: as many as the replicas of the
  // largest cluster.
  static constexpr size_t kMaxCallers = 1000;

  Reachability(EventLoop& event_loop, PeerLink& link, const ClusterTimes& times,
               const ClusterView& view, Session& session);

  // `listener` is notified whenever the admission has changed.
  void ListenToAdmission(std::function<void(Admission)> listener) {
    listener_ = std::move(listener);
  }

  // While the session is active. kAdmitted if the record says so from the
  // start.
  Admission admission() const { return admission_; }

  // A peer has called. A member that needs a call gets one at once.
  void OnCalled(const Peer& peer);

  // Whether the member has answered a call.
  bool CanCall(const std::string& session) const {
    return answered_.count(session) > 0;
  }

  void OnSessionBegan() override;
  void OnSessionEnded() override;

 private:
  struct Attempt {
    CallHandle call;                         // Null between two calls.
    absl::Time next = absl::InfinitePast();  // Not before.
  };

  void OnTick();
  bool IsOther(const std::string& session, const Member& member) const;
  void ForgetEnded();
  void CallIfDue(const std::string& session, const Member& member);
  void OnResponse(std::string session,
                  const absl::StatusOr<VouchResponse>& response);
  Admission Decide() const;
  void Update();

  EventLoop& event_loop_;
  PeerLink& link_;
  const ClusterTimes times_;
  const ClusterView& view_;
  Session& session_;
  std::function<void(Admission)> listener_;
  Admission admission_ = Admission::kWaiting;
  std::set<std::string> answered_;           // Sessions of members.
  std::map<std::string, int64_t> callers_;   // Their revisions, by session.
  std::map<std::string, Attempt> attempts_;  // By session.
  TimerHandle tick_;
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_UPSTREAM_CLUSTER_REACHABILITY_H_
