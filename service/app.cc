#include "service/app.h"

#include <chrono>
#include <fstream>
#include <optional>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "grpc/health/v1/health.pb.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/health_check_service_interface.h"
#include "sandbox/sandbox.h"
#include "service/calls/prediction_service.h"
#include "service/engine.h"
#include "service/operator/operator_pages.h"
#include "service/operator/operator_server.h"
#include "service/operator/status_collector.h"
#include "service/operator/webhook_metrics.h"
#include "service/token_source.h"
#include "service/webhook/webhook_secrets.h"
#include "service/webhook/webhook_server.h"
#include "spdlog/spdlog.h"
#include "upstream/core/run_on_loop.h"
#include "upstream/http/curl_loop.h"
#include "upstream/webhook/webhook_inbox.h"
#include "upstream/webhook/webhook_receiver.h"

namespace wriftai {
namespace {

// Clients that ping more often are sent away (too_many_pings). gRPC's default
// of five minutes cuts off clients whose keepalive guards a quiet Wait.
constexpr int kLeastPingIntervalMs = 10'000;

// Of the drain timeout: how long calls may go on. The rest is for their errors
// to be written before gRPC cuts them off.
constexpr double kPatience = 0.9;

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
  std::unique_ptr<StatusCollector> status_collector;
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
  RunOnLoop(*parts_->loop, [this] {
    parts_->status_collector =
        std::make_unique<StatusCollector>(*parts_->engine, *parts_->loop);
  });
  parts_->operator_pages->set_status(
      EngineStatus(*parts_->loop, *parts_->status_collector));
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
    parts_->server->GetHealthCheckService()->SetServingStatus(false);
    RunOnLoop(*parts_->loop, [this] {
      parts_->engine->BeginDrain(config_.drain_timeout * kPatience);
    });
    parts_->server->Shutdown(std::chrono::system_clock::now() +
                             absl::ToChronoMilliseconds(config_.drain_timeout));
    parts_->server->Wait();
    parts_->server.reset();
  }
  parts_->service.reset();
  // Up to here, so that the waits that drain are still told.
  parts_->webhook_server.reset();
  parts_->webhook_receiver.reset();
  parts_->operator_server.reset();
  if (parts_->engine != nullptr) {
    RunOnLoop(*parts_->loop, [this] {
      parts_->webhook_inbox.reset();
      parts_->status_collector.reset();
      parts_->engine.reset();
    });
  }
  parts_->loop.reset();
  parts_->sandbox.reset();
}

}  // namespace wriftai
