#include "sandbox/sandbox.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace wriftai::sandbox {
namespace {

// Room for long tokens and traces.
constexpr size_t kMaxHeadBytes = 16 << 10;

// A common default of load balancers, for idle connections and slow clients.
constexpr absl::Duration kRequestTimeout = absl::Minutes(1);

// Open connections per request that can be handled at the same time.
constexpr size_t kConnectionsPerWorker = 2;

// Bodies of the maximum size that may be incomplete at a time.
constexpr size_t kMaxBodiesHeld = 16;

HttpOptions WebhookHttpOptions() {
  HttpOptions options;
  // Only the status of a receiver's response matters.
  options.max_response_bytes = 64 << 10;
  options.user_agent = "wriftai-sandbox";
  // Receivers are on the developer's machine or network.
  options.use_proxy_from_environment = false;
  return options;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Sandbox>> Sandbox::Start(
    SandboxOptions options) {
  std::unique_ptr<Clock> own_clock;
  if (options.clock == nullptr) {
    own_clock = std::make_unique<RealClock>();
    options.clock = own_clock.get();
  }
  std::unique_ptr<Sandbox> sandbox(new Sandbox(options, std::move(own_clock)));
  if (absl::Status status = sandbox->Listen(); !status.ok()) return status;
  return sandbox;
}

Sandbox::Sandbox(const SandboxOptions& options,
                 std::unique_ptr<Clock> own_clock)
    : own_clock_(std::move(own_clock)),
      state_(options),
      loop_(std::make_unique<CurlEventLoop>(WebhookHttpOptions())),
      sender_(std::make_unique<WebhookSender>(
          options.webhooks, [clock = state_.clock] { return clock->Now(); },
          loop_.get(), loop_.get(), &state_.webhooks)),
      feeder_([this] { FeedWebhooks(); }) {}

Sandbox::~Sandbox() {
  state_.Stop();
  server_.reset();
  workers_.reset();
  feeder_.join();
  // Destroying the loop ends the sender's requests; their handles are then
  // inert.
  loop_.reset();
}

absl::Status Sandbox::Listen() {
  const std::string& address = state_.options.listen_address;
  const std::string host = address.substr(0, address.rfind(':'));
  // Requests may arrive before the port is known. They have a host header,
  // which takes precedence.
  request_handler_ = std::make_unique<RequestHandler>(
      &state_, absl::StrCat("http://", address, "/v1"), [this] { Reset(); });
  workers_ = std::make_unique<RequestWorkers>(
      *request_handler_, static_cast<size_t>(state_.options.workers));
  HttpServer::Options options;
  options.listen_address = address;
  options.limits.max_head_bytes = kMaxHeadBytes;
  options.limits.max_body_bytes =
      static_cast<size_t>(state_.options.max_body_bytes);
  options.timeout = kRequestTimeout;
  options.max_connections =
      kConnectionsPerWorker * static_cast<size_t>(state_.options.workers);
  options.max_held_bytes = kMaxBodiesHeld * options.limits.max_body_bytes;
  options.keep_alive = true;
  auto server = HttpServer::Start(options, *workers_, connections_);
  if (!server.ok()) return server.status();
  server_ = *std::move(server);
  base_url_ = absl::StrCat("http://", host, ":", server_->port(), "/v1");
  return absl::OkStatus();
}

// Runs on the feeder's thread. Posts each event to the loop when it is due.
void Sandbox::FeedWebhooks() {
  while (!state_.stopping) {
    for (WebhookEvent& event : state_.feed.TakeDue(state_.clock->Now())) {
      loop_->Post([this, event = std::move(event)]() mutable {
        sender_->Send(std::move(event));
      });
    }
    const absl::Time next = state_.feed.NextTime();
    state_.WaitUntil(next, [&] { return state_.feed.NextTime() != next; });
  }
}

absl::Status Sandbox::AddFaults(const std::vector<Fault>& faults) {
  for (const Fault& fault : faults) {
    if (absl::Status status = state_.faults.Add(fault); !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

void Sandbox::ClearFaults() { state_.faults.Clear(); }

void Sandbox::Reset() {
  state_.Reset();
  loop_->Post([this] { sender_->Clear(); });
}

}  // namespace wriftai::sandbox
