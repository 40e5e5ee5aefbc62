#ifndef WRIFTAI_SERVICE_REPLICA_CLUSTER_NODE_H_
#define WRIFTAI_SERVICE_REPLICA_CLUSTER_NODE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/credential.h"
#include "base/event_loop.h"
#include "base/watched_file.h"
#include "service/engine/gateway_credential.h"
#include "service/engine/replica_hooks.h"
#include "service/engine/stored_creates.h"
#include "service/engine/tenure_ownership.h"
#include "service/peers/grpc_peer_link.h"
#include "service/peers/owner_directory.h"
#include "service/peers/peer_channels.h"
#include "service/peers/peer_client.h"
#include "service/peers/peer_wait.h"
#include "service/replica/measured_calls.h"
#include "service/replica/measured_store.h"
#include "service/replica/replica_config.h"
#include "service/replica/replica_numbers.h"
#include "service/replica/tenure_log.h"
#include "service/replica/webhook_relay.h"
#include "service/rpc/forwarded_call_gate.h"
#include "upstream/cluster/cluster_times.h"
#include "upstream/cluster/cluster_view.h"
#include "upstream/cluster/introductions.h"
#include "upstream/cluster/keys.h"
#include "upstream/cluster/known_peers.h"
#include "upstream/cluster/owner_lookup.h"
#include "upstream/cluster/peer_link.h"
#include "upstream/cluster/reachability.h"
#include "upstream/cluster/request_records.h"
#include "upstream/cluster/session.h"
#include "upstream/cluster/store.h"
#include "upstream/cluster/tenures.h"
#include "upstream/cluster/vouching.h"

namespace wriftai {

// This process as a member of a cluster of replicas that act as one: its
// session in the store, the credentials that it owns, and the calls to the
// owners of others.
//
// A store that cannot be reached, or refuses this replica, is tried again until
// it answers; EtcdChannel logs it. Until the first session has begun and
// Reachability admits the replica, calls that need an owner wait, and
// CheckJoined() fails.
//
// Threads: the constructor main, CheckJoined() any, the rest on the loop.
// Owns: the parts. All arguments must outlive it; it must outlive the engine
// that uses hooks(). Fails: never.
class ClusterNode final : public OwnerDirectory,
                          public ForwardedCallGate,
                          private cluster::SessionObserver {
 public:
  // How often it compares its own token with those of the other members.
  static constexpr absl::Duration kOwnTokenInterval =
      WatchedFile::kReadInterval;

  // How long a replica whose own token is of another account stays out of the
  // cluster before it tries again: by then a rollout may have replaced the
  // others.
  static constexpr absl::Duration kRefusedInterval = absl::Seconds(10);

  // How long after its session has begun a replica that is not admitted warns:
  // the records of those that have ended are deleted after half of it.
  static constexpr absl::Duration kAdmissionPatience = absl::Seconds(5);

  // `own`: the gateway's credential if calls may use it, or null. `channels`
  // reach the other replicas.
  ClusterNode(const ReplicaConfig& config, EventLoop& event_loop,
              cluster::Store& store, PeerChannels& channels,
              std::shared_ptr<const GatewayCredential> own);
  ~ClusterNode() override;

  // For the engine.
  const ReplicaHooks& hooks() const { return hooks_; }

  // Joins the cluster. The addresses are those at which other replicas reach
  // the port for replicas and, unless empty, the port for webhooks.
  void Join(const std::string& peer_address,
            const std::string& webhook_address);

  // Leaves the cluster: waits until the records of creates are settled, at most
  // until `deadline`, and ends the session. Then runs `done`. The engine has
  // drained. Once.
  void Leave(absl::Time deadline, EventLoop::Task done);

  // Notified with true whenever CheckJoined() becomes OK, and with false
  // whenever it fails again.
  void ListenToJoined(std::function<void(bool joined)> listener) {
    listener_ = std::move(listener);
  }

  // OK once it has joined, also while the store does not answer later.
  // UNAVAILABLE: why it has not.
  absl::Status CheckJoined() const;

  // The cluster's name and store, printable. Other replicas tell theirs when
  // they call.
  std::string ClusterId() const;

  // FAILED_PRECONDITION for a caller of another cluster. Its id is empty if its
  // build does not send it.
  absl::Status CheckCluster(const std::string& cluster_id) const;

  cluster::VouchResponse AnswerVouch(const cluster::VouchRequest& request) {
    reachability_.OnCalled(request.asker);
    return vouching_.Answer(request);
  }

  cluster::FindOwnersResponse AnswerFindOwners(
      const cluster::FindOwnersRequest& request) {
    return ownership_.Answer(request);
  }

  // The credential's name in the cluster, which reveals nothing of the token.
  // Any thread.
  std::string TagOf(const Credential& credential) const;

  // Where a webhook for the credential `tag` must go.
  WebhookRoute RouteOf(const std::string& tag) const;

  ReplicaNumbers Numbers() const;

  // OwnerDirectory and ForwardedCallGate
  std::optional<PeerOwner> Find(const Credential& credential) override;
  absl::Status Check(const Credential& credential,
                     const ForwardedCallInfo& forwarded) override;

 private:
  enum class State {
    kJoining,
    kUnanswered,  // As cluster::Admission.
    kUncalled,
    kWaiting,
    kJoined,
    kRefused,
  };

  void OnSessionBegan() override;
  void OnSessionEnded() override;
  void Refuse();
  void OnAdmission();
  // The others see the record then, too, and hand over credentials to it.
  void ReportOnceShown();
  void SetState(State state);
  std::vector<std::string> OwnTags() const;
  void WatchOwnToken();
  void LeaveOnceSettled();

  EventLoop& event_loop_;
  const std::string cluster_name_;
  const std::shared_ptr<const GatewayCredential> own_;
  const cluster::ClusterTimes times_;
  const cluster::Keys keys_;
  MeasuredStore store_;
  GrpcPeerLink link_;
  cluster::ClusterView view_;
  cluster::Session session_;
  cluster::KnownPeers peers_;
  cluster::Introductions introductions_;
  cluster::Reachability reachability_;
  cluster::Vouching vouching_;
  cluster::OwnerLookup lookup_;
  TenureOwnership ownership_;
  TenureLog log_;
  cluster::Tenures tenures_;
  cluster::RequestRecords records_;
  StoredCreates creates_;
  PeerClient client_;
  MeasuredCalls calls_;
  PeerWaits waits_;
  const ReplicaHooks hooks_;

  std::function<void(bool)> listener_;
  std::atomic<State> state_{State::kJoining};
  TimerHandle own_token_timer_;
  TimerHandle rejoin_;
  TimerHandle admission_warning_;
  TimerHandle showing_;
  absl::Time leave_by_;
  absl::Time hand_over_by_;
  EventLoop::Task left_;
  TimerHandle leaving_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_REPLICA_CLUSTER_NODE_H_
