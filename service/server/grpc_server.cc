#include "service/server/grpc_server.h"

#include <chrono>
#include <utility>
#include <vector>

#include "grpc/grpc.h"
#include "grpc/health/v1/health.pb.h"
#include "grpcpp/ext/channelz_service_plugin.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/health_check_service_interface.h"
#include "upstream/core/host_port.h"
#include "upstream/core/shut_down_sockets.h"

namespace wriftai {
namespace {

// Of the health port: a request holds a name, and each replica of a balancer
// may watch for each of a few names.
constexpr int kMostHealthRequestBytes = 4096;
constexpr int kMostHealthStreams = 100;

// From a connection's start to the end of its TLS and HTTP/2 greetings. gRPC's
// default of two minutes lets who never greets hold many descriptors.
constexpr int kHandshakeTimeoutMs = 20'000;

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

// Reflection and channelz come as plugins, which gRPC gives to every server of
// the process from then on.
class WithoutPlugins : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments* /*arguments*/) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>*
                         plugins) override {
    plugins->clear();
  }
};

void SetConduct(const ServerConfig& config, grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(static_cast<int>(config.max_request_bytes));
  const auto set = [&builder](const char* name, int64_t value) {
    builder.AddChannelArgument(name, static_cast<int>(value));
  };
  set(GRPC_ARG_MAX_CONCURRENT_STREAMS, config.max_concurrent_streams);
  // See service/calls/message_bytes.h.
  set(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  set(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(config.keepalive_time));
  set(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(config.keepalive_timeout));
  // Both ways: pings of clients without calls are taken, and the gateway's own
  // do not end with the second one while a Wait is quiet.
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

// Null when it cannot listen.
std::unique_ptr<grpc::Server> Listen(
    const std::string& address,
    const std::shared_ptr<grpc::ServerCredentials>& credentials,
    grpc::ServerBuilder& builder, std::string& picked) {
  int port = 0;
  builder.AddListeningPort(address, credentials, &port);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS,
                             kHandshakeTimeoutMs);
  // A second gateway on the same port shall fail and not take half the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  auto server = builder.BuildAndStart();
  if (server == nullptr || port == 0) return nullptr;
  picked = WithPort(address, port);
  return server;
}

}  // namespace

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(
    const ServerConfig& config,
    const std::shared_ptr<grpc::ServerCredentials>& credentials,
    grpc::Service& service) {
  grpc::EnableDefaultHealthCheckService(true);
  std::unique_ptr<GrpcServer> server(new GrpcServer());
  absl::Status status = server->StartServer(config, credentials, service);
  if (status.ok() && !config.health_address.empty()) {
    status = server->StartHealthServer(config.health_address);
  }
  if (!status.ok()) return status;
  return server;
}

GrpcServer::~GrpcServer() { Shutdown(absl::ZeroDuration()); }

absl::Status GrpcServer::StartServer(
    const ServerConfig& config,
    const std::shared_ptr<grpc::ServerCredentials>& credentials,
    grpc::Service& service) {
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  // gRPC serves health without its schema: linked in, for reflection's sake.
  grpc::health::v1::HealthCheckRequest::descriptor();
  if (config.channelz) grpc::channelz::experimental::InitChannelzService();
  grpc::ServerBuilder builder;
  SetConduct(config, builder);
  builder.RegisterService(&service);
  server_ = Listen(config.listen_address, credentials, builder, address_);
  if (server_ == nullptr) {
    return CannotListen("--listen_address", config.listen_address);
  }
  health_.Add(*server_->GetHealthCheckService());
  return absl::OkStatus();
}

absl::Status GrpcServer::StartHealthServer(const std::string& address) {
  grpc::ServerBuilder builder;
  builder.SetOption(std::make_unique<WithoutPlugins>());
  // Anybody may call: no more than probes and balancers need.
  builder.SetMaxReceiveMessageSize(kMostHealthRequestBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                             kMostHealthStreams);
  // gRPC starts no server without one; answers UNIMPLEMENTED.
  builder.RegisterCallbackGenericService(&nothing_else_);
  health_server_ = Listen(address, grpc::InsecureServerCredentials(), builder,
                          health_address_);
  if (health_server_ == nullptr) {
    return CannotListen("--health_address", address);
  }
  health_.Add(*health_server_->GetHealthCheckService());
  return absl::OkStatus();
}

void GrpcServer::Shutdown(absl::Duration patience) {
  if (std::exchange(stopped_, true)) return;
  const auto stop = [](grpc::Server* server, absl::Duration within) {
    if (server == nullptr) return;
    server->Shutdown(std::chrono::system_clock::now() +
                     absl::ToChronoMilliseconds(within));
    server->Wait();
  };
  stop(server_.get(), patience);
  stop(health_server_.get(), absl::ZeroDuration());
  // Never undone: gRPC's own end would wait for its poller, up to 10 s where it
  // has last written more than a socket takes.
  grpc_init();
}

void GrpcServer::HangUpIdle(absl::Duration silent) {
  ShutDownIdleSockets(PortOf(address_), silent);
}

void GrpcServer::HangUp() {
  for (const std::string& address : {address_, health_address_}) {
    if (address.empty()) continue;
    ShutDownSockets(PortOf(address), SocketKind::kConnected);
  }
}

}  // namespace wriftai
