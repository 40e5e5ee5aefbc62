#include "service/server/grpc_port.h"

#include <chrono>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/host_port.h"
#include "service/server/shut_down_sockets.h"

namespace wriftai {
namespace {

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

absl::Status GrpcPort::Start(
    const GrpcListener::Options& options,
    const std::shared_ptr<grpc::ServerCredentials>& credentials,
    grpc::ServerBuilder& builder,
    absl::FunctionRef<std::unique_ptr<grpc::Server>()> start,
    ListenerCounters& counters) {
  auto listener = GrpcListener::Open(options, counters);
  if (!listener.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(options.name, ": ", listener.status().message()));
  }
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS,
                             kHandshakeTimeoutMs);
  acceptor_ = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
      credentials);
  server_ = start();
  if (server_ == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat(options.name, ": gRPC cannot start a server"));
  }
  address_ = WithPort(options.address, (*listener)->port());
  listener_ = *std::move(listener);
  listener_->Start(PassTo(*acceptor_));
  return absl::OkStatus();
}

void GrpcPort::Shutdown(absl::Duration grace) {
  if (listener_ != nullptr) listener_->Stop();
  if (server_ == nullptr) return;
  server_->Shutdown(std::chrono::system_clock::now() +
                    absl::ToChronoMilliseconds(grace));
  server_->Wait();
}

void GrpcPort::CloseConnections() const {
  if (!address_.empty()) ShutDownConnections(PortOf(address_));
}

}  // namespace wriftai
