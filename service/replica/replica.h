#ifndef WRIFTAI_SERVICE_REPLICA_REPLICA_H_
#define WRIFTAI_SERVICE_REPLICA_REPLICA_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/event_loop.h"
#include "base/listener_counters.h"
#include "service/engine/engine.h"
#include "service/engine/gateway_credential.h"
#include "service/etcd/etcd_store.h"
#include "service/peers/peer_channels.h"
#include "service/replica/cluster_node.h"
#include "service/replica/replica_config.h"
#include "service/replica/replica_port.h"
#include "service/replica/webhook_relay.h"
#include "service/server/tls/tls_credentials.h"
#include "service/telemetry/call_recorder.h"
#include "upstream/http/http_transport.h"

namespace wriftai {

// All that makes this process one of the replicas that act as one: etcd, the
// membership in the cluster, the port for other replicas and the calls to them.
// In this order: Open(); the engine, with node().hooks(); StartRelay() and
// Start(); Stop(); StopRelay(); the engine's end; the destructor.
//
// Threads: main, except as noted. Owns: the parts. The loop must run until it
// is destroyed. Fails: Open() and Start().
class Replica {
 public:
  struct Options {
    ReplicaConfig config;
    // Of the public contract's messages.
    size_t max_response_bytes = 64 << 20;
    int64_t max_request_bytes = 16 << 20;
    // From other replicas.
    size_t max_connections = 256;
  };

  // `own`: the gateway's credential if calls may use it, or null.
  // INVALID_ARGUMENT: a setting or file is invalid; names its flag. An etcd
  // that cannot be reached, or refuses this replica, is no error: see
  // ClusterNode.
  static absl::StatusOr<std::unique_ptr<Replica>> Open(
      const Options& options, EventLoop& event_loop,
      std::shared_ptr<const GatewayCredential> own);

  ~Replica();
  Replica(const Replica&) = delete;
  Replica& operator=(const Replica&) = delete;

  // Any thread; see ClusterNode for its methods.
  ClusterNode& node() { return *node_; }

  // Passes webhooks to the owners of their credentials, and those of this
  // replica to `engine`. All arguments must outlive StopRelay(). Once.
  WebhookRelay& StartRelay(HttpTransport& transport, Engine& engine);

  // Loop.
  ReplicaNumbers Numbers() const;

  // Opens the port for other replicas, and joins the cluster. `webhook_address`
  // HOST:PORT of this replica's webhook port, or empty. `on_joined`: see
  // ClusterNode::ListenToJoined(). INVALID_ARGUMENT: cannot listen on the
  // address; names its flag.
  absl::Status Start(Engine& engine, CallRecorder& recorder,
                     const std::string& webhook_address,
                     ListenerCounters& counters,
                     std::function<void(bool joined)> on_joined);

  // Once webhooks are not received any more.
  void StopRelay();

  // Ends the calls of other replicas and leaves the cluster, after the engine's
  // drain has begun. Blocks, at most until about `deadline`, by
  // EventLoop::Now(). Once.
  void Stop(absl::Time deadline);

 private:
  Replica(const Options& options, EventLoop& event_loop)
      : options_(options), event_loop_(event_loop) {}

  const Options options_;
  EventLoop& event_loop_;
  // In order of construction.
  std::unique_ptr<TlsCredentials> tls_;  // Null: plaintext on this machine.
  std::unique_ptr<PeerChannels> channels_;
  std::unique_ptr<EtcdStore> store_;
  std::unique_ptr<ClusterNode> node_;
  std::unique_ptr<WebhookRelay> relay_;
  std::unique_ptr<ReplicaPort> port_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_REPLICA_REPLICA_H_
