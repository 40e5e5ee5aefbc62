#ifndef WRIFTAI_SERVICE_SERVER_GRPC_SERVER_H_
#define WRIFTAI_SERVICE_SERVER_GRPC_SERVER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/grpcpp.h"
#include "service/calls/call_server.h"
#include "service/server/grpc_listener.h"
#include "service/server/grpc_port.h"
#include "service/server/schema_services.h"
#include "service/server/server_config.h"
#include "service/server/server_health.h"

namespace wriftai {

// Serves calls on the gRPC port, together with health, reflection and channelz.
// An optional second port serves only health; it is a separate server, so
// nothing else can be called there.
//
// Threads: main; any for health(), CloseConnections() and
// CloseIdleConnections(). Owns: both servers. The calls must outlive it.
// Fails: only Start().
class GrpcServer {
 public:
  // Connection counters; they must outlive the server.
  struct Counters {
    ListenerCounters& callers;
    ListenerCounters& health;
  };

  // INVALID_ARGUMENT: cannot listen on an address; names its flag.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Start(
      const ServerConfig& config,
      const std::shared_ptr<grpc::ServerCredentials>& credentials,
      CallServer& calls, Counters counters);

  // Cancels calls that are still in progress.
  ~GrpcServer();
  GrpcServer(const GrpcServer&) = delete;
  GrpcServer& operator=(const GrpcServer&) = delete;

  // HOST:PORT with the actual port. health_address() is empty without a health
  // port.
  const std::string& address() const { return port_.address(); }
  const std::string& health_address() const { return health_port_.address(); }

  // The listener of the gRPC port.
  GrpcListener& listener() const { return *port_.listener(); }

  ServerHealth& health() { return health_; }

  // Stops accepting calls and blocks until those in progress have ended, at
  // most `grace`. If a caller does not read, it blocks until
  // CloseConnections(). The health port is served until the end. gRPC's threads
  // remain until the process exits. Only the first call has an effect.
  void Shutdown(absl::Duration grace);

  // Closes all connections of gRPC. gRPC does not close one while a write to it
  // is blocked, and does not shut down before. A caller that does not read, but
  // whose kernel still acknowledges, would block shutdown forever.
  void CloseConnections();

  // Closes connections that have been silent for this long and whose clients
  // have acknowledged all data.
  void CloseIdleConnections(absl::Duration silence_timeout) const;

 private:
  GrpcServer(CallServer& calls, Counters counters)
      : calls_(calls), counters_(counters) {}

  absl::Status StartServer(
      const ServerConfig& config,
      const std::shared_ptr<grpc::ServerCredentials>& credentials);
  absl::Status StartHealthServer(const ServerConfig& config);
  // Adds the server, which may be null, to health_ before it accepts calls.
  std::unique_ptr<grpc::Server> WithHealth(
      std::unique_ptr<grpc::Server> server);

  CallServer& calls_;
  const Counters counters_;
  grpc::CallbackGenericService unimplemented_service_;
  std::unique_ptr<SchemaServices> schema_services_;
  GrpcPort port_;
  GrpcPort health_port_;
  ServerHealth health_;
  bool stopped_ = false;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_GRPC_SERVER_H_
