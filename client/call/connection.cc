#include "client/call/connection.h"

#include <chrono>
#include <string>

#include "absl/strings/str_cat.h"

namespace wriftai::client {
namespace {

// The largest response to accept: enough for outputs that are images in
// base64, but a bound on memory.
constexpr int kMaxReceivedBytes = 256 << 20;

std::shared_ptr<grpc::ChannelCredentials> MakeCredentials(
    const ConnectionOptions& options) {
  if (!options.tls) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions ssl;
  ssl.pem_root_certs = options.ca;
  ssl.pem_cert_chain = options.certificate;
  ssl.pem_private_key = std::string(options.key.Reveal());
  return grpc::SslCredentials(ssl);
}

std::shared_ptr<grpc::Channel> MakeChannel(const ConnectionOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxReceivedBytes);
  arguments.SetUserAgentPrefix("wriftctl");
  if (!options.server_name.empty()) {
    arguments.SetSslTargetNameOverride(options.server_name);
  }
  // A service config from DNS must not enable retries of creates.
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  // An HTTP proxy rarely reaches a gateway in the cluster or on localhost.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // A gateway restarts within seconds. The default backoff grows to 2 min,
  // during which every call fails without an attempt.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5'000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 5'000);
  // Lets a Wait for changes only detect a silently lost connection. Servers
  // close connections that ping more often than every 5 min.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 6 * 60 * 1'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  return grpc::CreateCustomChannel(options.address, MakeCredentials(options),
                                   arguments);
}

}  // namespace

Connection::Connection(const ConnectionOptions& options, Clock& clock)
    : token_(options.token),
      clock_(clock),
      channel_(MakeChannel(options)),
      stub_(v1::Predictions::NewStub(channel_)),
      health_stub_(grpc::health::v1::Health::NewStub(channel_)) {}

std::unique_ptr<grpc::ClientContext> Connection::NewContext(
    std::optional<absl::Time> deadline) const {
  auto context = std::make_unique<grpc::ClientContext>();
  if (!token_.empty()) {
    context->AddMetadata("authorization",
                         absl::StrCat("Bearer ", token_.Reveal()));
  }
  if (deadline.has_value()) {
    const absl::Duration left = *deadline - clock_.Now();
    context->set_deadline(std::chrono::system_clock::now() +
                          absl::ToChronoMicroseconds(left));
  }
  return context;
}

}  // namespace wriftai::client
