#include "service/replica/replica_port.h"

#include <string>
#include <utility>

#include "base/run_on_loop.h"

namespace wriftai {
namespace {

// gRPC's own shutdown gets this long to end the calls that it has cancelled.
constexpr absl::Duration kCloseDelay = absl::Milliseconds(100);

}  // namespace

ReplicaPort::ReplicaPort(Engine& engine, CallRecorder& recorder,
                         ClusterNode& node)
    : event_loop_(engine.event_loop()),
      predictions_(engine, recorder, nullptr, &node),
      peers_(
          engine.event_loop(),
          [&node](const std::string& cluster) {
            return node.CheckCluster(cluster);
          },
          [&node](const cluster::VouchRequest& request) {
            return node.AnswerVouch(request);
          },
          [&node](const cluster::FindOwnersRequest& request) {
            return node.AnswerFindOwners(request);
          }) {}

absl::StatusOr<std::unique_ptr<ReplicaPort>> ReplicaPort::Start(
    const PeerServerConfig& config, TlsCredentials* tls, Engine& engine,
    CallRecorder& recorder, ClusterNode& node, ListenerCounters& counters) {
  std::unique_ptr<ReplicaPort> port(new ReplicaPort(engine, recorder, node));
  auto server = PeerServer::Start(config, tls, {&port->peers_},
                                  port->predictions_.calls(), counters);
  if (!server.ok()) return server.status();
  port->server_ = *std::move(server);
  return port;
}

void ReplicaPort::Shutdown(absl::Duration grace) {
  // gRPC does not shut down while a peer does not read.
  TimerHandle close;
  RunOnLoop(event_loop_, [&] {
    close = event_loop_.RunAt(event_loop_.Now() + grace + kCloseDelay,
                              [this] { server_->CloseConnections(); });
  });
  server_->Shutdown(grace);
  RunOnLoop(event_loop_, [&] { close.reset(); });
}

}  // namespace wriftai
