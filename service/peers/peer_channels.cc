#include "service/peers/peer_channels.h"

#include <array>
#include <iterator>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/completed_call.h"
#include "base/host_port.h"
#include "base/sanitize.h"
#include "grpc/grpc_security.h"
#include "service/peers/peer_address.h"
#include "service/server/http_url.h"

namespace wriftai {
namespace {

// How long a connection may take to be made. Between replicas, that takes
// milliseconds.
constexpr int kConnectTimeoutMs = 2000;

// While a call is open and nothing arrives. A peer whose threads hang for
// longer than the timeout is not certain of its session any more
// (ClusterTimes::certainty). So a link that hangs is found within two seconds,
// also where something between the replicas acknowledges what they send.
constexpr int kPingIntervalMs = 500;
constexpr int kAcknowledgeTimeoutMs = 1500;

// From gRPC's default of one second, which grows to two minutes: a replica that
// has restarted is found within a second.
constexpr int kMinReconnectMs = 100;
constexpr int kMaxReconnectMs = 1000;

// The message's own fields beside the payloads.
constexpr size_t kMessageOverhead = size_t{1} << 20;

grpc_channel_credentials* MakeCredentials(TlsCredentials* tls) {
  return tls == nullptr ? grpc_insecure_credentials_create()
                        : grpc_tls_credentials_create(
                              tls->ForClient().c_credentials_options());
}

grpc_arg Argument(const char* name, int value) {
  grpc_arg argument = {};
  argument.type = GRPC_ARG_INTEGER;
  argument.key = const_cast<char*>(name);  // gRPC copies it.
  argument.value.integer = value;
  return argument;
}

grpc::Status Unavailable(const absl::Status& status) {
  return grpc::Status(grpc::StatusCode::UNAVAILABLE,
                      std::string(status.message()));
}

}  // namespace

void PeerChannels::ReleaseCredentials::operator()(
    grpc_channel_credentials* credentials) const {
  grpc_channel_credentials_release(credentials);
}

PeerChannels::PeerChannels(EventLoop& event_loop, TlsCredentials* tls,
                           size_t max_response_bytes)
    : event_loop_(event_loop),
      has_tls_(tls != nullptr),
      credentials_(MakeCredentials(tls)),
      max_response_bytes_(max_response_bytes),
      calls_(event_loop) {}

PeerChannels::~PeerChannels() = default;

CallHandle PeerChannels::StartUnary(const std::string& address,
                                    PeerRequest request,
                                    PeerCalls::OnResponse on_response) {
  auto channel = ChannelTo(address);
  if (!channel.ok()) {
    PeerResponse unsent;
    unsent.status = Unavailable(channel.status());
    unsent.maybe_sent = false;
    return std::make_unique<CompletedCall>(event_loop_, on_response(unsent));
  }
  return calls_.StartUnary(*std::move(channel), std::move(request),
                           std::move(on_response));
}

CallHandle PeerChannels::StartStream(const std::string& address,
                                     PeerRequest request,
                                     PeerCalls::OnMessage on_message,
                                     PeerCalls::OnEnd on_end) {
  auto channel = ChannelTo(address);
  if (!channel.ok()) {
    return std::make_unique<CompletedCall>(
        event_loop_, on_end(Unavailable(channel.status())));
  }
  return calls_.StartStream(*std::move(channel), std::move(request),
                            std::move(on_message), std::move(on_end));
}

absl::StatusOr<CoreChannel> PeerChannels::ChannelTo(
    const std::string& address) {
  const auto known = channels_.find(address);
  if (known != channels_.end()) {
    known->second.used_at = event_loop_.Now();
    return known->second.channel;
  }
  if (!IsPeerAddress(address)) {
    return absl::UnavailableError(
        absl::StrCat("peer ", SanitizeAscii(address), ": expected HOST:PORT"));
  }
  if (!has_tls_ && !IsLoopback(HostOf(address))) {
    return absl::UnavailableError(
        absl::StrCat("peer ", address,
                     ": expected an address of this machine, as there is no "
                     "TLS between replicas (--peer_cert_file)"));
  }
  if (channels_.size() >= kMaxChannels && !EvictOne()) {
    return absl::UnavailableError(
        absl::StrCat("peer ", address, ": too many other peers are in use (",
                     kMaxChannels, ")"));
  }
  CoreChannel channel = Open(address);
  channels_[address] = {channel, event_loop_.Now()};
  if (evict_ == nullptr) EvictIdle();
  return channel;
}

CoreChannel PeerChannels::Open(const std::string& address) const {
  std::array<grpc_arg, 16> arguments = {
      Argument(GRPC_ARG_KEEPALIVE_TIME_MS, kPingIntervalMs),
      // Also the kernel's timeout for acknowledgments (TCP_USER_TIMEOUT).
      Argument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kAcknowledgeTimeoutMs),
      // A Wait may be quiet for long.
      Argument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0),
      Argument(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectTimeoutMs),
      Argument(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kMinReconnectMs),
      Argument(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kMaxReconnectMs),
      // gRPC resolves again before it reconnects, at most once in 30 s by
      // default: a channel would stay broken for that long.
      Argument(GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS, kMaxReconnectMs),
      Argument(GRPC_ARG_DNS_ARES_QUERY_TIMEOUT_MS, kConnectTimeoutMs),
      Argument(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1),
      // The token goes to the peer itself, whatever the environment says.
      Argument(GRPC_ARG_ENABLE_HTTP_PROXY, 0),
      // Callers know what may be repeated.
      Argument(GRPC_ARG_ENABLE_RETRIES, 0),
      // Otherwise gRPC may share a broken connection with an older channel.
      Argument(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1),
      // Peers do not compress: see service/rpc/message_bytes.h.
      Argument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0),
      Argument(GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH,
               static_cast<int>(max_response_bytes_ + kMessageOverhead)),
      Argument(GRPC_ARG_MAX_SEND_MESSAGE_LENGTH, -1),
      Argument(GRPC_ARG_ENABLE_CHANNELZ, 0),
  };
  const grpc_channel_args args = {arguments.size(), arguments.data()};
  return CoreChannel(
      grpc_channel_create(TargetOf(address).c_str(), credentials_.get(), &args),
      grpc_channel_destroy);
}

// Of the channels without a call, the one that was used first.
bool PeerChannels::EvictOne() {
  auto oldest = channels_.end();
  for (auto channel = channels_.begin(); channel != channels_.end();
       ++channel) {
    if (channel->second.channel.use_count() > 1) continue;
    if (oldest == channels_.end() ||
        channel->second.used_at < oldest->second.used_at) {
      oldest = channel;
    }
  }
  if (oldest == channels_.end()) return false;
  channels_.erase(oldest);
  return true;
}

void PeerChannels::EvictIdle() {
  const absl::Time before = event_loop_.Now() - kIdleTimeout;
  for (auto channel = channels_.begin(); channel != channels_.end();) {
    const bool idle = channel->second.channel.use_count() == 1 &&
                      channel->second.used_at <= before;
    channel = idle ? channels_.erase(channel) : std::next(channel);
  }
  evict_.reset();
  if (channels_.empty()) return;
  evict_ = event_loop_.RunAt(event_loop_.Now() + kIdleTimeout,
                             [this] { EvictIdle(); });
}

}  // namespace wriftai
