#include "service/replica/replica.h"

#include <algorithm>
#include <utility>

#include "absl/synchronization/notification.h"
#include "base/host_port.h"
#include "base/run_on_loop.h"
#include "service/peers/peer_tls.h"
#include "spdlog/spdlog.h"

namespace wriftai {
namespace {

// The fields beside the payloads.
constexpr size_t kMessageOverhead = 1 << 20;

// A create's input is forwarded as JSON text, which is this large at most if it
// was a Value.
constexpr int64_t kMaxInputText = 64 << 20;

// What `advertise` says, or else the address with its actual port.
std::string AddressFor(const std::string& advertise,
                       const std::string& address) {
  return advertise.empty() ? address : advertise;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Replica>> Replica::Open(
    const Options& options, EventLoop& event_loop,
    std::shared_ptr<const GatewayCredential> own) {
  std::unique_ptr<Replica> replica(new Replica(options, event_loop));
  auto tls = OpenPeerTls(options.config.peer_tls);
  if (!tls.ok()) return tls.status();
  replica->tls_ = *std::move(tls);
  replica->channels_ = std::make_unique<PeerChannels>(
      event_loop, replica->tls_.get(),
      options.max_response_bytes + kMessageOverhead);
  absl::Status status;
  RunOnLoop(event_loop, [&, self = replica.get()] {
    auto store = EtcdStore::Open(event_loop, options.config.etcd);
    if (!store.ok()) {
      status = store.status();
      return;
    }
    self->store_ = *std::move(store);
    self->node_ =
        std::make_unique<ClusterNode>(options.config, event_loop, *self->store_,
                                      *self->channels_, std::move(own));
    if (self->tls_ != nullptr) self->tls_->Watch(event_loop);
  });
  if (!status.ok()) return status;
  return replica;
}

Replica::~Replica() {
  port_.reset();
  RunOnLoop(event_loop_, [this] {
    relay_.reset();
    node_.reset();
    store_.reset();
    channels_.reset();
    tls_.reset();
  });
}

WebhookRelay& Replica::StartRelay(HttpTransport& transport, Engine& engine) {
  RunOnLoop(event_loop_, [&] {
    relay_ = std::make_unique<WebhookRelay>(
        event_loop_, transport,
        [this](const std::string& tag) { return node_->RouteOf(tag); },
        [&engine](v1::Prediction prediction) {
          engine.PublishWebhook(std::move(prediction));
        });
  });
  return *relay_;
}

absl::Status Replica::Start(Engine& engine, CallRecorder& recorder,
                            const std::string& webhook_address,
                            ListenerCounters& counters,
                            std::function<void(bool joined)> on_joined) {
  PeerServerConfig server;
  server.address = options_.config.peer_address;
  server.max_request_bytes =
      std::max(options_.max_request_bytes, kMaxInputText) +
      static_cast<int64_t>(kMessageOverhead);
  server.max_connections = options_.max_connections;
  auto port = ReplicaPort::Start(server, tls_.get(), engine, recorder, *node_,
                                 counters);
  if (!port.ok()) return port.status();
  port_ = *std::move(port);
  spdlog::info("other replicas are served on {}", port_->address());
  const std::string peer =
      AddressFor(options_.config.peer_advertise, port_->address());
  const std::string webhooks =
      webhook_address.empty()
          ? ""
          : AddressFor(options_.config.webhook_advertise, webhook_address);
  RunOnLoop(event_loop_, [&] {
    node_->ListenToJoined(std::move(on_joined));
    node_->Join(peer, webhooks);
  });
  return absl::OkStatus();
}

void Replica::Stop(absl::Time deadline) {
  if (port_ == nullptr) return;
  port_->Shutdown(std::max(absl::ZeroDuration(), deadline - event_loop_.Now()));
  absl::Notification left;
  event_loop_.Post([&] {
    node_->ListenToJoined(nullptr);
    node_->Leave(deadline, [&left] { left.Notify(); });
  });
  left.WaitForNotification();
  port_.reset();
}

ReplicaNumbers Replica::Numbers() const {
  ReplicaNumbers numbers = node_->Numbers();
  if (relay_ != nullptr) numbers.webhooks = relay_->stats();
  return numbers;
}

void Replica::StopRelay() {
  RunOnLoop(event_loop_, [this] { relay_.reset(); });
}

}  // namespace wriftai
