#ifndef WRIFTAI_SERVICE_PEERS_PEER_SERVER_H_
#define WRIFTAI_SERVICE_PEERS_PEER_SERVER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/listener_counters.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/grpcpp.h"
#include "service/calls/call_server.h"
#include "service/server/grpc_port.h"
#include "service/server/tls/tls_credentials.h"

namespace wriftai {

// Settings of the port for other replicas.
struct PeerServerConfig {
  std::string address;  // HOST:PORT to listen on.

  int64_t max_request_bytes = 16 << 20;

  // A peer forwards all its Waits over one connection, up to --max_waits.
  int64_t max_concurrent_streams = 20'000;

  // 100 replicas, twice as many during a rollout, and the probes of a scanner.
  size_t max_connections = 256;
};

// The port for other replicas: a gRPC server of its own, so that no caller of
// the public port reaches its services, and the other way round.
//
// Threads: main. Owns: the server. The credentials, the counters, the services
// and `calls` must outlive it, and the loop must run until it is destroyed.
// Fails: only Start().
class PeerServer {
 public:
  // `tls`: null for plaintext, only on an address of this machine. `calls`:
  // methods that the services do not have. INVALID_ARGUMENT: cannot listen on
  // the address; names its flag.
  static absl::StatusOr<std::unique_ptr<PeerServer>> Start(
      const PeerServerConfig& config, TlsCredentials* tls,
      const std::vector<grpc::Service*>& services, CallServer& calls,
      ListenerCounters& counters);

  // Cancels calls that are still in progress.
  ~PeerServer();
  PeerServer(const PeerServer&) = delete;
  PeerServer& operator=(const PeerServer&) = delete;

  // Stops accepting calls, and blocks until those in progress have ended, at
  // most `grace`, or longer while a peer does not read.
  void Shutdown(absl::Duration grace) { port_.Shutdown(grace); }

  // Closes all connections. Any thread.
  void CloseConnections() const { port_.CloseConnections(); }

  // HOST:PORT with the actual port.
  const std::string& address() const { return port_.address(); }

 private:
  explicit PeerServer(CallServer& calls) : calls_(calls) {}

  CallServer& calls_;
  grpc::CallbackGenericService unimplemented_service_;
  GrpcPort port_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_PEERS_PEER_SERVER_H_
