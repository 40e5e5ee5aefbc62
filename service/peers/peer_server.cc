#include "service/peers/peer_server.h"

#include "absl/strings/str_cat.h"
#include "base/host_port.h"
#include "service/server/http_url.h"
#include "service/server/server_config.h"

namespace wriftai {

absl::StatusOr<std::unique_ptr<PeerServer>> PeerServer::Start(
    const PeerServerConfig& config, TlsCredentials* tls,
    const std::vector<grpc::Service*>& services, CallServer& calls,
    ListenerCounters& counters) {
  if (tls == nullptr && !IsLoopback(HostOf(config.address))) {
    return absl::InvalidArgumentError(
        absl::StrCat("--peer_address: ", config.address,
                     " requires --peer_cert_file; without TLS, expected an "
                     "address of this machine"));
  }
  ServerConfig limits;
  limits.max_request_bytes = config.max_request_bytes;
  limits.max_concurrent_streams = config.max_concurrent_streams;
  // The number of peers is small, and a Wait should outlive its prediction.
  limits.max_connection_age = absl::ZeroDuration();
  grpc::ServerBuilder builder;
  builder.SetOption(std::make_unique<WithoutPlugins>());
  ApplyChannelArgs(limits, builder);
  // Peers ping twice a second: see peer_channels.cc.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 0);
  for (grpc::Service* const service : services) {
    builder.RegisterService(service);
  }
  std::unique_ptr<PeerServer> server(new PeerServer(calls));
  builder.RegisterCallbackGenericService(&server->unimplemented_service_);
  GrpcListener::Options options;
  options.name = "--peer_address";
  options.address = config.address;
  options.max_connections = config.max_connections;
  options.user_timeout = limits.keepalive_timeout;
  absl::Status status = server->port_.Start(
      options,
      tls == nullptr ? grpc::InsecureServerCredentials() : tls->ForServer(),
      builder, [&] { return calls.BuildAndStart(builder); }, counters);
  if (!status.ok()) return status;
  return server;
}

PeerServer::~PeerServer() {
  if (port_.server() == nullptr) return;
  // gRPC does not shut down while a peer does not read.
  port_.listener()->Stop();
  port_.CloseConnections();
  port_.Shutdown(absl::ZeroDuration());
  calls_.Wait();
}

}  // namespace wriftai
