#include "service/server/grpc_server.h"

#include <utility>

#include "base/host_port.h"
#include "grpc/grpc.h"
#include "grpcpp/health_check_service_interface.h"
#include "service/server/shut_down_sockets.h"

namespace wriftai {
namespace {

// Limits of the health port. A request holds one name, and each replica of a
// load balancer may watch a few names.
constexpr int kMaxHealthRequestBytes = 4096;
constexpr int kMaxHealthStreams = 100;

}  // namespace

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(
    const ServerConfig& config,
    const std::shared_ptr<grpc::ServerCredentials>& credentials,
    CallServer& calls, Counters counters) {
  grpc::EnableDefaultHealthCheckService(true);
  std::unique_ptr<GrpcServer> server(new GrpcServer(calls, counters));
  absl::Status status = server->StartServer(config, credentials);
  if (status.ok() && !config.health_address.empty()) {
    status = server->StartHealthServer(config);
  }
  if (!status.ok()) return status;
  return server;
}

GrpcServer::~GrpcServer() { Shutdown(absl::ZeroDuration()); }

absl::Status GrpcServer::StartServer(
    const ServerConfig& config,
    const std::shared_ptr<grpc::ServerCredentials>& credentials) {
  schema_services_ = std::make_unique<SchemaServices>(config.channelz);
  grpc::ServerBuilder builder;
  builder.SetOption(std::make_unique<WithoutPlugins>());
  builder.RegisterCallbackGenericService(schema_services_.get());
  ApplyChannelArgs(config, builder);
  GrpcListener::Options options;
  options.name = "--listen_address";
  options.address = config.listen_address;
  options.max_connections = static_cast<size_t>(config.max_caller_connections);
  options.user_timeout = config.keepalive_timeout;
  return port_.Start(
      options, credentials, builder,
      [&] { return WithHealth(calls_.BuildAndStart(builder)); },
      counters_.callers);
}

absl::Status GrpcServer::StartHealthServer(const ServerConfig& config) {
  grpc::ServerBuilder builder;
  builder.SetOption(std::make_unique<WithoutPlugins>());
  // Anyone may call, so allow only what probes and load balancers need.
  builder.SetMaxReceiveMessageSize(kMaxHealthRequestBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                             kMaxHealthStreams);
  // gRPC does not start a server without a service; this one returns
  // UNIMPLEMENTED.
  builder.RegisterCallbackGenericService(&unimplemented_service_);
  GrpcListener::Options options;
  options.name = "--health_address";
  options.address = config.health_address;
  options.max_connections = static_cast<size_t>(config.max_health_connections);
  return health_port_.Start(
      options, grpc::InsecureServerCredentials(), builder,
      [&] { return WithHealth(builder.BuildAndStart()); }, counters_.health);
}

std::unique_ptr<grpc::Server> GrpcServer::WithHealth(
    std::unique_ptr<grpc::Server> server) {
  if (server != nullptr) health_.Add(*server->GetHealthCheckService());
  return server;
}

void GrpcServer::Shutdown(absl::Duration grace) {
  if (std::exchange(stopped_, true)) return;
  port_.Shutdown(grace);
  calls_.Wait();
  health_port_.Shutdown(absl::ZeroDuration());
  // Never balanced by grpc_shutdown(), which would wait for gRPC's poller: up
  // to 10 s if its last write exceeded the socket buffer.
  grpc_init();
}

void GrpcServer::CloseIdleConnections(absl::Duration silence_timeout) const {
  ShutDownIdleConnections(PortOf(port_.address()), silence_timeout);
}

void GrpcServer::CloseConnections() {
  port_.CloseConnections();
  health_port_.CloseConnections();
}

}  // namespace wriftai
