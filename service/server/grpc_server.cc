#include "service/server/grpc_server.h"

#include <chrono>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
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

// Time limit from accept to the end of the TLS and HTTP/2 handshakes. With
// gRPC's default of two minutes, silent clients could hold many descriptors. At
// 1 ms of CPU time per handshake, the maximum number of connections still
// completes in time.
constexpr int kHandshakeTimeoutMs = 10'000;

// How much gRPC reads from a connection at a time. With the default of up to
// 4 MiB, gRPC would still process all these frames after the memory guard has
// closed the connection.
constexpr int kReadBytes = 64 << 10;

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

// Removes plugins. Reflection and channelz register as plugins, which gRPC adds
// to every later server of the process.
class WithoutPlugins : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments* /*arguments*/) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>*
                         plugins) override {
    plugins->clear();
  }
};

void ApplyChannelArgs(const ServerConfig& config,
                      grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(static_cast<int>(config.max_request_bytes));
  const auto set = [&builder](const char* name, int64_t value) {
    builder.AddChannelArgument(name, static_cast<int>(value));
  };
  set(GRPC_ARG_MAX_CONCURRENT_STREAMS, config.max_concurrent_streams);
  // See service/rpc/message_bytes.h.
  set(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  set(GRPC_ARG_TCP_READ_CHUNK_SIZE, kReadBytes);
  set(GRPC_ARG_TCP_MAX_READ_CHUNK_SIZE, kReadBytes);
  set(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(config.keepalive_time));
  set(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(config.keepalive_timeout));
  // In both directions: clients may ping without calls, and the gateway's own
  // pings do not stop after the second one while a Wait is quiet.
  set(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  set(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  set(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
      Milliseconds(config.min_ping_interval));
  if (config.max_connection_age > absl::ZeroDuration()) {
    set(GRPC_ARG_MAX_CONNECTION_AGE_MS,
        Milliseconds(config.max_connection_age));
    set(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS,
        Milliseconds(config.max_connection_age_grace));
  }
  set(GRPC_ARG_ENABLE_CHANNELZ, config.channelz ? 1 : 0);
}

using Acceptor = grpc::experimental::ExternalConnectionAcceptor;

GrpcListener::OnConnection PassTo(Acceptor& acceptor) {
  return [&acceptor](int listening_fd, int fd) {
    Acceptor::NewConnectionParameters connection;
    connection.listener_fd = listening_fd;
    connection.fd = fd;
    acceptor.HandleNewConnection(&connection);
  };
}

}  // namespace

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(
    const ServerConfig& config,
    const std::shared_ptr<grpc::ServerCredentials>& credentials,
    grpc::Service& service, StreamServer& streams, Counters counters) {
  grpc::EnableDefaultHealthCheckService(true);
  std::unique_ptr<GrpcServer> server(new GrpcServer(streams, counters));
  absl::Status status = server->StartServer(config, credentials, service);
  if (status.ok() && !config.health_address.empty()) {
    status = server->StartHealthServer(config);
  }
  if (!status.ok()) return status;
  return server;
}

GrpcServer::~GrpcServer() { Shutdown(absl::ZeroDuration()); }

absl::Status GrpcServer::StartServer(
    const ServerConfig& config,
    const std::shared_ptr<grpc::ServerCredentials>& credentials,
    grpc::Service& service) {
  schema_services_ = std::make_unique<SchemaServices>(config.channelz);
  grpc::ServerBuilder builder;
  builder.SetOption(std::make_unique<WithoutPlugins>());
  builder.RegisterCallbackGenericService(schema_services_.get());
  ApplyChannelArgs(config, builder);
  builder.RegisterService(&service);
  GrpcListener::Options options;
  options.name = "--listen_address";
  options.address = config.listen_address;
  options.max_connections = static_cast<size_t>(config.max_caller_connections);
  options.user_timeout = config.keepalive_timeout;
  return Serve(
      options, credentials, builder,
      [&] { return streams_.BuildAndStart(builder); }, counters_.callers,
      port_);
}

absl::Status GrpcServer::Serve(
    const GrpcListener::Options& options,
    const std::shared_ptr<grpc::ServerCredentials>& credentials,
    grpc::ServerBuilder& builder,
    absl::FunctionRef<std::unique_ptr<grpc::Server>()> start,
    ListenerCounters& counters, Port& port) {
  auto listener = GrpcListener::Open(options, counters);
  if (!listener.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(options.name, ": ", listener.status().message()));
  }
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS,
                             kHandshakeTimeoutMs);
  port.acceptor = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
      credentials);
  port.server = start();
  if (port.server == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat(options.name, ": gRPC cannot start a server"));
  }
  health_.Add(*port.server->GetHealthCheckService());
  port.address = WithPort(options.address, (*listener)->port());
  port.listener = *std::move(listener);
  port.listener->Start(PassTo(*port.acceptor));
  return absl::OkStatus();
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
  return Serve(
      options, grpc::InsecureServerCredentials(), builder,
      [&] { return builder.BuildAndStart(); }, counters_.health, health_port_);
}

void GrpcServer::Shutdown(absl::Duration grace) {
  if (std::exchange(stopped_, true)) return;
  const auto stop = [](Port& port, absl::Duration port_grace) {
    if (port.listener != nullptr) port.listener->Stop();
    if (port.server == nullptr) return;
    port.server->Shutdown(std::chrono::system_clock::now() +
                          absl::ToChronoMilliseconds(port_grace));
    port.server->Wait();
  };
  stop(port_, grace);
  streams_.Wait();
  stop(health_port_, absl::ZeroDuration());
  // Never balanced by grpc_shutdown(), which would wait for gRPC's poller: up
  // to 10 s if its last write exceeded the socket buffer.
  grpc_init();
}

void GrpcServer::CloseIdleConnections(absl::Duration silence_timeout) const {
  ShutDownIdleConnections(PortOf(port_.address), silence_timeout);
}

void GrpcServer::CloseConnections() {
  for (const Port* port : {&port_, &health_port_}) {
    if (port->address.empty()) continue;
    ShutDownConnections(PortOf(port->address));
  }
}

}  // namespace wriftai
