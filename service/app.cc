#include "service/app.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <optional>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "grpc/grpc.h"
#include "grpc/health/v1/health.pb.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/health_check_service_interface.h"
#include "sandbox/sandbox.h"
#include "service/calls/prediction_service.h"
#include "service/engine.h"
#include "service/operator/operator_pages.h"
#include "service/operator/operator_server.h"
#include "service/operator/webhook_metrics.h"
#include "service/token_source.h"
#include "service/webhook/webhook_secrets.h"
#include "service/webhook/webhook_server.h"
#include "spdlog/spdlog.h"
#include "upstream/core/run_on_loop.h"
#include "upstream/core/shut_down_sockets.h"
#include "upstream/http/curl_loop.h"
#include "upstream/webhook/webhook_inbox.h"
#include "upstream/webhook/webhook_receiver.h"

namespace wriftai {
namespace {

// Clients that ping more often are sent away (too_many_pings). gRPC's default
// of five minutes cuts off clients whose keepalive guards a quiet Wait.
constexpr int kLeastPingIntervalMs = 10'000;

// Of the drain timeout: how long calls may go on; when gRPC cuts off those that
// cannot be told of their end, as their callers do not read; and when their
// connections are closed under it. For gRPC 1.51 does not close one while a
// write to it is stuck, and its Shutdown() does not return before: a caller
// that does not read, but whose system still answers, would keep the process
// for ever. What is left is for the rest to stop in.
constexpr double kPatience = 0.9;
constexpr double kCutOff = 0.95;
constexpr double kHangUp = 0.97;

// So that with a short timeout, too, gRPC's own end comes first.
constexpr absl::Duration kLeastHangUp = absl::Milliseconds(100);

HttpOptions HttpOptionsFrom(const Config& config) {
  HttpOptions options;
  options.connect_timeout = config.connect_timeout;
  options.max_connections = static_cast<int>(config.max_connections);
  options.max_connections_per_host = options.max_connections;
  options.max_response_bytes = static_cast<size_t>(config.max_response_bytes);
  options.ca_file = config.api_ca_file;
  return options;
}

// `address` (HOST:PORT) with the port that was picked.
std::string WithPort(const std::string& address, int port) {
  return absl::StrCat(address.substr(0, address.rfind(':')), ":", port);
}

}  // namespace

// In the order in which they are built; stopped in reverse.
struct App::Parts {
  std::unique_ptr<sandbox::Sandbox> sandbox;
  std::unique_ptr<CurlLoop> loop;
  std::unique_ptr<WebhookSecrets> webhook_secrets;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<WebhookInbox> webhook_inbox;
  std::unique_ptr<WebhookReceiver> webhook_receiver;
  std::unique_ptr<WebhookServer> webhook_server;
  std::unique_ptr<OperatorPages> operator_pages;
  std::unique_ptr<OperatorServer> operator_server;
  std::unique_ptr<PredictionService> service;
  std::unique_ptr<grpc::Server> server;
};

App::App(Config config)
    : config_(std::move(config)), parts_(std::make_unique<Parts>()) {}

App::~App() { Stop(); }

absl::StatusOr<std::unique_ptr<App>> App::Start(Config config) {
  std::unique_ptr<App> app(new App(std::move(config)));
  if (absl::Status status = app->StartParts(); !status.ok()) return status;
  return app;
}

absl::Status App::StartParts() {
  if (config_.sandbox) {
    auto sandbox = sandbox::Sandbox::Start(sandbox::SandboxOptions());
    if (!sandbox.ok()) return sandbox.status();
    parts_->sandbox = *std::move(sandbox);
    config_.upstream.base_url = parts_->sandbox->base_url();
    config_.access_token = Secret("sandbox");
    config_.access_token_file.clear();
    spdlog::info("the embedded sandbox listens on {}",
                 config_.upstream.base_url);
  }
  if (!config_.api_ca_file.empty() &&
      !std::ifstream(config_.api_ca_file).good()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--api_ca_file: cannot read ", config_.api_ca_file));
  }
  parts_->loop = std::make_unique<CurlLoop>(HttpOptionsFrom(config_));
  if (absl::Status status = StartEngine(); !status.ok()) return status;
  if (absl::Status status = StartWebhooks(); !status.ok()) return status;
  if (absl::Status status = StartOperatorServer(); !status.ok()) return status;
  parts_->service = std::make_unique<PredictionService>(*parts_->engine);

  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  // gRPC serves health without its schema: linked in, for reflection's sake.
  grpc::health::v1::HealthCheckRequest::descriptor();
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(config_.listen_address,
                           grpc::InsecureServerCredentials(), &port);
  builder.SetMaxReceiveMessageSize(static_cast<int>(config_.max_request_bytes));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(
      GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
      kLeastPingIntervalMs);
  // A second gateway on the same port shall fail and not take half the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.RegisterService(parts_->service.get());
  parts_->server = builder.BuildAndStart();
  if (parts_->server == nullptr || port == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--listen_address: cannot listen on ", config_.listen_address));
  }
  grpc_port_ = port;
  grpc_address_ = WithPort(config_.listen_address, port);
  parts_->server->GetHealthCheckService()->SetServingStatus(
      v1::Predictions::service_full_name(), true);
  parts_->operator_pages->SetPhase(OperatorPages::Phase::kServing);
  if (parts_->operator_server != nullptr) {
    spdlog::info(
        "HTTP for operators listens on {}",
        WithPort(config_.http_address, parts_->operator_server->port()));
  }
  spdlog::info("gRPC listens on {}", grpc_address_);
  return absl::OkStatus();
}

absl::Status App::StartEngine() {
  auto token = TokenSource::Open(config_.access_token,
                                 config_.access_token_file, *parts_->loop);
  if (!token.ok()) return token.status();
  const WebhookConfig& webhooks = config_.webhooks;
  if (!webhooks.secret_file.empty()) {
    auto secrets = WebhookSecrets::Open(webhooks.secret_file, *parts_->loop);
    if (!secrets.ok()) return secrets.status();
    parts_->webhook_secrets = *std::move(secrets);
  }
  RegisteringClient::OwnWebhook own_webhook;
  if (!webhooks.public_url.empty()) {
    own_webhook = [url = webhooks.public_url,
                   secrets = parts_->webhook_secrets.get()] {
      WebhookParams params{url, std::nullopt};
      if (secrets != nullptr) params.secret = secrets->Current()->front();
      return params;
    };
  }
  parts_->engine = std::make_unique<Engine>(
      config_, *std::move(token), *parts_->loop, *parts_->loop,
      std::random_device{}(), std::move(own_webhook));
  return absl::OkStatus();
}

absl::Status App::StartWebhooks() {
  const WebhookConfig& webhooks = config_.webhooks;
  if (webhooks.address.empty()) return absl::OkStatus();
  if (webhooks.allow_unsigned) {
    spdlog::warn(
        "--webhook_allow_unsigned: whoever reaches {} can tell of any "
        "prediction what he likes",
        webhooks.address);
  }
  parts_->webhook_inbox = std::make_unique<WebhookInbox>(
      WebhookInbox::Options(), *parts_->loop,
      [engine = parts_->engine.get()](v1::Prediction prediction) {
        engine->OnWebhook(std::move(prediction));
      });
  WebhookReceiver::Options receiver;
  receiver.allow_unsigned = webhooks.allow_unsigned;
  parts_->webhook_receiver = std::make_unique<WebhookReceiver>(
      receiver,
      [secrets = parts_->webhook_secrets.get()] {
        return secrets == nullptr ? nullptr : secrets->Current();
      },
      *parts_->loop, *parts_->webhook_inbox);
  WebhookServer::Options server;
  server.listen_address = webhooks.address;
  auto started = WebhookServer::Start(server, *parts_->webhook_receiver,
                                      webhook_counters_);
  if (!started.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--webhook_address: ", started.status().message()));
  }
  parts_->webhook_server = *std::move(started);
  spdlog::info("webhooks listen on {}:{}",
               webhooks.address.substr(0, webhooks.address.rfind(':')),
               parts_->webhook_server->port());
  return absl::OkStatus();
}

absl::Status App::StartOperatorServer() {
  parts_->operator_pages = std::make_unique<OperatorPages>(
      *parts_->loop, std::vector<OperatorPages::Source>{
                         EngineMetrics(*parts_->loop, *parts_->engine), [this] {
                           return DeliveryMetricFamilies(webhook_counters_);
                         }});
  if (config_.http_address.empty()) return absl::OkStatus();
  auto server = OperatorServer::Start(config_.http_address,
                                      parts_->operator_pages->pages());
  if (!server.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--http_address: ", server.status().message()));
  }
  parts_->operator_server = *std::move(server);
  return absl::OkStatus();
}

void App::Stop() {
  if (parts_->operator_pages != nullptr) {
    parts_->operator_pages->SetPhase(OperatorPages::Phase::kDraining);
  }
  if (parts_->server != nullptr) {
    const absl::Time begun = parts_->loop->Now();
    parts_->server->GetHealthCheckService()->SetServingStatus(false);
    TimerHandle hang_up;
    RunOnLoop(*parts_->loop, [this, begun, &hang_up] {
      const absl::Duration timeout = config_.drain_timeout;
      parts_->engine->BeginDrain(begun + timeout * kPatience);
      hang_up = parts_->loop->PostAt(
          begun + std::max(timeout * kHangUp, kLeastHangUp),
          [port = grpc_port_] {
            spdlog::warn("closing connections whose callers do not read");
            ShutDownSockets(port, SocketKind::kConnected);
          });
    });
    const absl::Duration left =
        begun + config_.drain_timeout * kCutOff - parts_->loop->Now();
    parts_->server->Shutdown(std::chrono::system_clock::now() +
                             absl::ToChronoMilliseconds(left));
    parts_->server->Wait();
    // Never undone: gRPC's own end would wait for its poller, up to 10 s where
    // it has last written more than a socket takes. Its threads hold nothing of
    // ours any more, and end with the process.
    grpc_init();
    parts_->server.reset();
    RunOnLoop(*parts_->loop, [&hang_up] { hang_up.reset(); });
  }
  parts_->service.reset();
  // Up to here, so that the waits that drain are still told.
  parts_->webhook_server.reset();
  parts_->webhook_receiver.reset();
  parts_->operator_server.reset();
  if (parts_->engine != nullptr) {
    RunOnLoop(*parts_->loop, [this] {
      parts_->webhook_inbox.reset();
      parts_->engine.reset();
    });
  }
  parts_->loop.reset();
  parts_->sandbox.reset();
}

}  // namespace wriftai
