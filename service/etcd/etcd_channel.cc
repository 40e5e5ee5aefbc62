#include "service/etcd/etcd_channel.h"

#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/support/channel_arguments.h"
#include "spdlog/spdlog.h"

namespace wriftai {
namespace {

// An etcd that fails now and then must not fill the log.
constexpr absl::Duration kReportInterval = absl::Seconds(10);

grpc::ChannelArguments Arguments() {
  grpc::ChannelArguments arguments;
  arguments.SetUserAgentPrefix("wriftai-gateway");
  arguments.SetMaxReceiveMessageSize(EtcdChannel::kMaxMessageBytes);
  // A new channel must not share the connection of the one that it replaces.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  // A service config from DNS must not enable retries, and an HTTP proxy rarely
  // reaches etcd.
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // A member restarts within seconds.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 1'000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1'000);
  // Lets a watch without events detect a silently lost connection. etcd closes
  // connections that ping more often than every 5 s, or without a call. Its
  // leader, too, is replaced after a second of silence.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 10'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 2'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 0);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  return arguments;
}

}  // namespace

EtcdChannel::EtcdChannel(EventLoop& event_loop,
                         std::vector<std::string> addresses,
                         std::unique_ptr<ClientCredentials> credentials)
    : event_loop_(event_loop),
      addresses_(std::move(addresses)),
      credentials_(std::move(credentials)),
      connections_(addresses_.size()) {}

absl::StatusOr<std::unique_ptr<EtcdChannel>> EtcdChannel::Open(
    EventLoop& event_loop, const EtcdConfig& config) {
  auto addresses = ParseEtcdEndpoints(config);
  if (!addresses.ok()) return addresses.status();
  std::unique_ptr<ClientCredentials> credentials;
  if (addresses->tls) {
    credentials = CredentialsFor(config);
    const auto loaded = credentials->Reload(event_loop.Now());
    if (!loaded.ok()) return loaded.status();
  }
  return absl::WrapUnique(new EtcdChannel(
      event_loop, std::move(addresses->host_ports), std::move(credentials)));
}

std::shared_ptr<EtcdConnection> EtcdChannel::Use() {
  ReloadCredentials();
  if (connections_[member_] != nullptr && IsSilent(*connections_[member_])) {
    Retire(member_);
    MoveOn();
  }
  std::shared_ptr<EtcdConnection>& connection = connections_[member_];
  if (connection == nullptr) connection = Connect(member_);
  if (connection->unanswered_since == absl::InfiniteFuture()) {
    connection->unanswered_since = event_loop_.Now();
  }
  return connection;
}

void EtcdChannel::OnAnswer(EtcdConnection& connection) {
  connection.unanswered_since = absl::InfiniteFuture();
  if (std::exchange(reported_, false)) {
    spdlog::info("etcd answers again: {}", addresses_[connection.member]);
  }
}

void EtcdChannel::OnFailure(const EtcdConnection& connection,
                            const absl::Status& status) {
  if (event_loop_.Now() - reported_at_ >= kReportInterval) {
    reported_ = true;
    reported_at_ = event_loop_.Now();
    spdlog::error("etcd fails: {}: {}", addresses_[connection.member],
                  std::string(status.message()));
  }
  // The failure of a connection that has been replaced says nothing new.
  if (connections_[connection.member].get() != &connection) return;
  if (IsSilent(connection)) Retire(connection.member);
  if (member_ == connection.member) MoveOn();
}

void EtcdChannel::OnRejection(const EtcdConnection& connection,
                              const absl::Status& status) {
  if (event_loop_.Now() - rejection_reported_at_ < kReportInterval) return;
  rejection_reported_at_ = event_loop_.Now();
  spdlog::error("etcd rejects a call: {}: {}", addresses_[connection.member],
                std::string(status.message()));
}

// Calls on the old connections end there.
void EtcdChannel::ReloadCredentials() {
  if (credentials_ == nullptr) return;
  const auto changed = credentials_->Reload(event_loop_.Now());
  if (!changed.ok()) {
    spdlog::error("{}; the last valid one stays in use",
                  std::string(changed.status().message()));
  } else if (*changed) {
    spdlog::info("reloaded the TLS files for etcd");
    connections_.assign(addresses_.size(), nullptr);
  }
}

std::shared_ptr<EtcdConnection> EtcdChannel::Connect(size_t member) const {
  const auto channel = grpc::CreateCustomChannel(
      absl::StrCat("dns:///", addresses_[member]),
      credentials_ == nullptr ? grpc::InsecureChannelCredentials()
                              : credentials_->credentials(),
      Arguments());
  auto connection = std::make_shared<EtcdConnection>();
  connection->kv = etcdserverpb::KV::NewStub(channel);
  connection->lease = etcdserverpb::Lease::NewStub(channel);
  connection->watch = etcdserverpb::Watch::NewStub(channel);
  connection->member = member;
  return connection;
}

bool EtcdChannel::IsSilent(const EtcdConnection& connection) const {
  return event_loop_.Now() - connection.unanswered_since >= kMaxSilence;
}

void EtcdChannel::Retire(size_t member) {
  const auto connection = std::exchange(connections_[member], nullptr);
  for (RetirementObserver* const observer : connection->observers) {
    observer->OnRetired();
  }
}

void EtcdChannel::MoveOn() { member_ = (member_ + 1) % addresses_.size(); }

std::unique_ptr<ClientCredentials> CredentialsFor(const EtcdConfig& config) {
  return std::make_unique<ClientCredentials>(
      PemFile{"--etcd_ca_file", config.ca_file},
      PemFile{"--etcd_cert_file", config.cert_file},
      PemFile{"--etcd_key_file", config.key_file});
}

}  // namespace wriftai
