#ifndef WRIFTAI_SERVICE_SERVER_GRPC_SERVER_H_
#define WRIFTAI_SERVICE_SERVER_GRPC_SERVER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/grpcpp.h"
#include "service/server/grpc_listener.h"
#include "service/server/schema_services.h"
#include "service/server/server_config.h"
#include "service/server/server_health.h"

namespace wriftai {

// A service behind its gRPC port, with health, reflection and channelz beside
// it, and a second port for health alone where that is wanted: a server of its
// own, so that nothing else can be called there.
//
// Threads: main; health(), CloseConnections() and CloseIdleConnections() any.
// Owns: both servers. The service must outlive it. Fails: Start() alone.
class GrpcServer {
 public:
  // Of connections; they must outlive it.
  struct Counters {
    ListenerCounters& callers;
    ListenerCounters& health;
  };

  // INVALID_ARGUMENT: an address that cannot be listened on, with its flag.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Start(
      const ServerConfig& config,
      const std::shared_ptr<grpc::ServerCredentials>& credentials,
      grpc::Service& service, Counters counters);

  // Cuts off what is still under way.
  ~GrpcServer();
  GrpcServer(const GrpcServer&) = delete;
  GrpcServer& operator=(const GrpcServer&) = delete;

  // HOST:PORT, with the ports that were picked; the second empty where there
  // is none.
  const std::string& address() const { return port_.address; }
  const std::string& health_address() const { return health_port_.address; }

  // Of the gRPC port.
  GrpcListener& listener() const { return *port_.listener; }

  ServerHealth& health() { return health_; }

  // No new calls; those under way have `patience` to end. Blocks: for longer
  // where a caller does not read, until CloseConnections(). The health port
  // answers until the end. gRPC's threads stay until the process ends. Only the
  // first one does anything.
  void Shutdown(absl::Duration patience);

  // Closes all connections under gRPC. It does not do so itself while a write
  // to one is stuck, and does not stop before: a caller that does not read, but
  // whose system still answers, would keep it for ever.
  void CloseConnections();

  // Closes those that have been silent for that long, and whose clients have
  // acknowledged all that was written.
  void CloseIdleConnections(absl::Duration silent) const;

 private:
  // In the order in which they are built.
  struct Port {
    std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor;
    std::unique_ptr<grpc::Server> server;
    std::unique_ptr<GrpcListener> listener;  // Calls the acceptor.
    std::string address;
  };

  explicit GrpcServer(Counters counters) : counters_(counters) {}

  absl::Status StartServer(
      const ServerConfig& config,
      const std::shared_ptr<grpc::ServerCredentials>& credentials,
      grpc::Service& service);
  absl::Status StartHealthServer(const ServerConfig& config);
  absl::Status Serve(
      const GrpcListener::Options& options,
      const std::shared_ptr<grpc::ServerCredentials>& credentials,
      grpc::ServerBuilder& builder, ListenerCounters& counters, Port& port);

  const Counters counters_;
  grpc::CallbackGenericService unimplemented_service_;
  std::unique_ptr<SchemaServices> schema_services_;
  Port port_;
  Port health_port_;
  ServerHealth health_;
  bool stopped_ = false;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_GRPC_SERVER_H_
