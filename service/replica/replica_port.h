#ifndef WRIFTAI_SERVICE_REPLICA_REPLICA_PORT_H_
#define WRIFTAI_SERVICE_REPLICA_REPLICA_PORT_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/listener_counters.h"
#include "service/engine/engine.h"
#include "service/peers/peer_server.h"
#include "service/peers/peers_service.h"
#include "service/replica/cluster_node.h"
#include "service/rpc/prediction_service.h"
#include "service/server/tls/tls_credentials.h"
#include "service/telemetry/call_recorder.h"

namespace wriftai {

// What a replica serves to other replicas: the calls that they forward to it as
// the owner of their credential, and Peers.
//
// Threads: main. Owns: services and server. All arguments must outlive it, and
// the loop must run until it is destroyed. Fails: only Start().
class ReplicaPort {
 public:
  // INVALID_ARGUMENT: cannot listen on the address; names its flag.
  static absl::StatusOr<std::unique_ptr<ReplicaPort>> Start(
      const PeerServerConfig& config, TlsCredentials* tls, Engine& engine,
      CallRecorder& recorder, ClusterNode& node, ListenerCounters& counters);

  // HOST:PORT with the actual port.
  const std::string& address() const { return server_->address(); }

  // Stops accepting calls, and blocks until those in progress have ended, at
  // most `grace`.
  void Shutdown(absl::Duration grace);

 private:
  ReplicaPort(Engine& engine, CallRecorder& recorder, ClusterNode& node);

  EventLoop& event_loop_;
  PredictionService predictions_;
  PeersService peers_;
  std::unique_ptr<PeerServer> server_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_REPLICA_REPLICA_PORT_H_
