#include "service/app.h"

#include <optional>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/host_port.h"
#include "base/process_numbers.h"
#include "base/run_on_loop.h"
#include "grpcpp/grpcpp.h"
#include "sandbox/sandbox.h"
#include "service/admin/admin_pages.h"
#include "service/admin/admin_server.h"
#include "service/admin/connection_metrics.h"
#include "service/admin/process_metrics.h"
#include "service/admin/status_collector.h"
#include "service/admin/tls_metrics.h"
#include "service/admin/trace_metrics.h"
#include "service/admin/webhook_metrics.h"
#include "service/config_files.h"
#include "service/config_options.h"
#include "service/config_rules.h"
#include "service/connection_limits.h"
#include "service/engine/engine.h"
#include "service/engine/gateway_credential.h"
#include "service/replica/replica.h"
#include "service/rpc/prediction_service.h"
#include "service/server/grpc_server.h"
#include "service/server/http_url.h"
#include "service/server/memory_guard.h"
#include "service/server/tls/tls_credentials.h"
#include "service/server_drain.h"
#include "service/telemetry/call_recorder.h"
#include "service/telemetry/poll_log.h"
#include "service/telemetry/upstream_health_log.h"
#include "service/tracing/tracing.h"
#include "service/webhook/webhook_secrets.h"
#include "service/webhook/webhook_server.h"
#include "spdlog/spdlog.h"
#include "upstream/http/curl_event_loop.h"
#include "upstream/webhook/webhook_inbox.h"
#include "upstream/webhook/webhook_receiver.h"

namespace wriftai {

// In order of construction; stopped in reverse.
struct App::Parts {
  std::unique_ptr<sandbox::Sandbox> sandbox;
  std::unique_ptr<TlsCredentials> tls;
  std::unique_ptr<CurlEventLoop> loop;
  std::unique_ptr<WebhookSecrets> webhook_secrets;
  std::unique_ptr<Tracing> tracing;
  std::unique_ptr<PollLog> poll_log;
  std::unique_ptr<UpstreamHealthLog> health_log;
  std::unique_ptr<CallRecorder> call_recorder;
  std::unique_ptr<Replica> replica;  // Null: this process is alone.
  std::unique_ptr<Engine> engine;
  std::unique_ptr<WebhookInbox> webhook_inbox;
  std::unique_ptr<WebhookReceiver> webhook_receiver;
  std::unique_ptr<WebhookServer> webhook_server;
  std::unique_ptr<StatusCollector> status_collector;
  std::unique_ptr<AdminPages> admin_pages;
  std::unique_ptr<AdminServer> admin_server;
  std::unique_ptr<DeliveredBytes> delivered;
  std::unique_ptr<PredictionService> service;
  std::unique_ptr<GrpcServer> server;
  std::unique_ptr<MemoryGuard> memory_guard;
};

App::App(Config config, std::vector<Setting> settings, const Logging& logging)
    : config_(std::move(config)),
      settings_(std::move(settings)),
      logging_(logging),
      parts_(std::make_unique<Parts>()) {}

App::~App() { Stop(); }

absl::StatusOr<std::unique_ptr<App>> App::Start(Config config,
                                                std::vector<Setting> settings,
                                                const Logging& logging) {
  std::unique_ptr<App> app(
      new App(std::move(config), std::move(settings), logging));
  if (absl::Status status = app->StartParts(); !status.ok()) return status;
  return app;
}

absl::Status App::StartParts() {
  connections_ = LimitConnections(config_);
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
  if (absl::Status status = CheckFilesAndHosts(config_); !status.ok()) {
    return status;
  }
  if (!config_.server.tls.cert_file.empty()) {
    auto tls = TlsCredentials::Open(config_.server.tls);
    if (!tls.ok()) return tls.status();
    parts_->tls = *std::move(tls);
  }
  parts_->loop = std::make_unique<CurlEventLoop>(HttpOptionsFrom(config_));
  if (absl::Status status = StartEngine(); !status.ok()) return status;
  if (absl::Status status = StartWebhooks(); !status.ok()) return status;
  if (absl::Status status = StartAdminServer(); !status.ok()) return status;
  if (absl::Status status = StartGrpcServer(); !status.ok()) return status;
  if (absl::Status status = StartReplica(); !status.ok()) return status;
  StartPortWatchdog();
  parts_->admin_pages->SetPhase(AdminPages::Phase::kServing);
  if (parts_->admin_server != nullptr) {
    spdlog::info("HTTP for operators listens on {}",
                 WithPort(config_.http_address, parts_->admin_server->port()));
  }
  if (!parts_->server->health_address().empty()) {
    spdlog::info("health listens on {}", parts_->server->health_address());
  }
  spdlog::info("gRPC listens on {}", parts_->server->address());
  return absl::OkStatus();
}

absl::Status App::StartEngine() {
  auto gateway_credential = GatewayCredential::Open(
      config_.access_token, config_.access_token_file, *parts_->loop);
  if (!gateway_credential.ok()) return gateway_credential.status();
  if (absl::Status status = OpenReplica(*gateway_credential); !status.ok()) {
    return status;
  }
  Replica* const replica = parts_->replica.get();
  const WebhookConfig& webhooks = config_.webhooks;
  if (!webhooks.secret_file.empty()) {
    auto secrets = WebhookSecrets::Open(webhooks.secret_file, *parts_->loop);
    if (!secrets.ok()) return secrets.status();
    parts_->webhook_secrets = *std::move(secrets);
  }
  WebhookInjector::GatewayWebhook gateway_webhook;
  if (!webhooks.public_url.empty()) {
    gateway_webhook = [url = webhooks.public_url, replica,
                       secrets = parts_->webhook_secrets.get()](
                          const Credential& credential) {
      WebhookParams params{url, std::nullopt};
      if (replica != nullptr) {
        absl::StrAppend(&params.url, "/", replica->node().TagOf(credential));
      }
      if (secrets != nullptr) params.secret = secrets->Current()->front();
      return params;
    };
  }
  auto tracing = Tracing::Open(config_.tracing, *parts_->loop);
  if (!tracing.ok()) return tracing.status();
  parts_->tracing = *std::move(tracing);
  Tracer* const tracer = parts_->tracing->tracer();
  parts_->call_recorder = std::make_unique<CallRecorder>(
      *parts_->loop, logging_.fields_logger(), logging_.format(), tracer);
  parts_->poll_log =
      std::make_unique<PollLog>(logging_.fields_logger(), logging_.format());
  parts_->health_log = std::make_unique<UpstreamHealthLog>(
      logging_.fields_logger(), logging_.format());
  parts_->engine = std::make_unique<Engine>(
      EngineOptionsFrom(config_), *std::move(gateway_credential), *parts_->loop,
      *parts_->loop, std::random_device{}(), std::move(gateway_webhook),
      [recorder = parts_->call_recorder.get()](const Credential& credential,
                                               const absl::Status& status) {
        recorder->OnPollFailed(credential, status);
      },
      parts_->poll_log->enabled() ? parts_->poll_log.get() : nullptr,
      replica == nullptr ? nullptr : &replica->node().hooks(), tracer);
  return absl::OkStatus();
}

absl::Status App::OpenReplica(
    const std::shared_ptr<const GatewayCredential>& gateway_credential) {
  if (!config_.replica.enabled()) return absl::OkStatus();
  Replica::Options options;
  options.config = config_.replica;
  options.max_response_bytes = static_cast<size_t>(config_.max_response_bytes);
  options.max_request_bytes = config_.server.max_request_bytes;
  // Half of the descriptors are for calls to other replicas.
  options.max_connections = std::max<size_t>(1, connections_.peers / 2);
  auto replica = Replica::Open(options, *parts_->loop,
                               config_.credentials == CredentialPolicy::kCaller
                                   ? nullptr
                                   : gateway_credential);
  if (!replica.ok()) return replica.status();
  parts_->replica = *std::move(replica);
  return absl::OkStatus();
}

absl::Status App::StartReplica() {
  if (parts_->replica == nullptr) return absl::OkStatus();
  ServerHealth& health = parts_->server->health();
  health.SetJoined(false);
  std::string webhook_address;
  if (parts_->webhook_server != nullptr) {
    webhook_address =
        WithPort(config_.webhooks.address, parts_->webhook_server->port());
  }
  return parts_->replica->Start(
      *parts_->engine, *parts_->call_recorder, webhook_address,
      replica_connections_,
      [&health](bool joined) { health.SetJoined(joined); });
}

absl::Status App::StartWebhooks() {
  const WebhookConfig& webhooks = config_.webhooks;
  if (webhooks.address.empty()) return absl::OkStatus();
  if (webhooks.allow_unsigned) {
    spdlog::warn(
        "--webhook_allow_unsigned is set: anyone who can reach {} can forge "
        "updates for any prediction",
        webhooks.address);
  }
  parts_->webhook_inbox = std::make_unique<WebhookInbox>(
      WebhookInbox::Options(), *parts_->loop,
      [engine = parts_->engine.get()](v1::Prediction prediction) {
        engine->PublishWebhook(std::move(prediction));
      });
  WebhookReceiver::Options receiver;
  receiver.allow_unsigned = webhooks.allow_unsigned;
  parts_->webhook_receiver = std::make_unique<WebhookReceiver>(
      receiver,
      [secrets = parts_->webhook_secrets.get()] {
        return secrets == nullptr ? nullptr : secrets->Current();
      },
      *parts_->loop, *parts_->webhook_inbox,
      parts_->replica == nullptr
          ? nullptr
          : &parts_->replica->StartRelay(*parts_->loop, *parts_->engine));
  WebhookServer::Options server;
  server.listen_address = webhooks.address;
  server.max_connections = connections_.webhooks;
  auto started = WebhookServer::Start(server, *parts_->webhook_receiver,
                                      webhook_counters_, webhook_connections_);
  if (!started.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--webhook_address: ", started.status().message()));
  }
  parts_->webhook_server = *std::move(started);
  spdlog::info("webhooks listen on {}",
               WithPort(webhooks.address, parts_->webhook_server->port()));
  return absl::OkStatus();
}

// On any thread. Without a trace, polls cost nothing to report.
void App::FollowLogLevel() {
  parts_->loop->Post([this] {
    parts_->engine->SetPollTrace(
        parts_->poll_log->enabled() ? parts_->poll_log.get() : nullptr);
  });
}

absl::Status App::StartAdminServer() {
  AdminPages::Options pages;
  pages.settings = settings_;
  pages.logging = &logging_;
  pages.on_log_level = [this] { FollowLogLevel(); };
  pages.port_check = [this] { return port_watchdog_.status(); };
  if (parts_->replica != nullptr) {
    pages.ready_check = [replica = parts_->replica.get()] {
      return replica->node().CheckJoined();
    };
  }
  if (!config_.http_address.empty()) {
    RunOnLoop(*parts_->loop, [this] {
      parts_->status_collector = std::make_unique<StatusCollector>(
          *parts_->engine, *parts_->call_recorder, *parts_->loop,
          parts_->replica.get());
    });
    pages.status = EngineStatus(*parts_->loop, *parts_->status_collector);
  }
  parts_->admin_pages = std::make_unique<AdminPages>(
      *parts_->loop,
      std::vector<AdminPages::Source>{
          CallMetrics(*parts_->loop, *parts_->call_recorder, logging_),
          EngineMetrics(*parts_->loop, *parts_->engine),
          [this] { return DeliveryMetricFamilies(webhook_counters_); },
          ReplicaMetrics(*parts_->loop, parts_->replica.get()),
          [this] { return TlsMetricFamilies(parts_->tls.get()); },
          [this] { return TraceMetricFamilies(parts_->tracing->counts()); },
          [this] {
            return ConnectionMetricFamilies(
                {{"grpc", &caller_connections_},
                 {"health", &health_connections_},
                 {"http", &admin_connections_},
                 {"webhook", &webhook_connections_},
                 {"replica", &replica_connections_}},
                port_watchdog_.status().ok());
          },
          UpstreamConnectionMetrics(*parts_->loop),
          [] { return ProcessMetricFamilies(ReadProcessNumbers()); }},
      std::move(pages));
  if (config_.http_address.empty()) return absl::OkStatus();
  AdminServer::Options options;
  options.max_connections = connections_.admin;
  auto server =
      AdminServer::Start(config_.http_address, parts_->admin_pages->pages(),
                         options, admin_connections_);
  if (!server.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--http_address: ", server.status().message()));
  }
  parts_->admin_server = *std::move(server);
  return absl::OkStatus();
}

absl::Status App::StartGrpcServer() {
  const int64_t memory_limit = config_.memory_limit > 0
                                   ? config_.memory_limit
                                   : ControlGroupMemoryLimit().value_or(0);
  if (memory_limit > 0) parts_->delivered = std::make_unique<DeliveredBytes>();
  parts_->service = std::make_unique<PredictionService>(
      *parts_->engine, *parts_->call_recorder, parts_->delivered.get());
  auto server = GrpcServer::Start(
      config_.server,
      parts_->tls == nullptr ? grpc::InsecureServerCredentials()
                             : parts_->tls->ForServer(),
      parts_->service->calls(), {caller_connections_, health_connections_});
  if (!server.ok()) return server.status();
  parts_->server = *std::move(server);
  if (memory_limit > 0) {
    parts_->memory_guard = std::make_unique<MemoryGuard>(
        PortOf(parts_->server->address()), memory_limit, *parts_->delivered,
        [this, memory_limit](const ClosedConnection& closed) {
          ++caller_connections_.shed;
          spdlog::warn(
              "memory: {} of {} bytes in use; closed the connection from {}, "
              "which has sent {} bytes, the most of those without a call",
              closed.resident_bytes, memory_limit, closed.peer,
              closed.received_bytes);
        });
  }
  RunOnLoop(*parts_->loop, [this] {
    parts_->engine->ListenToHealth(
        [this, health = &parts_->server->health()](bool healthy) {
          health->SetUpstream(healthy);
          parts_->health_log->OnChange(parts_->engine->upstream_health());
        });
    if (parts_->tls != nullptr) parts_->tls->Watch(*parts_->loop);
  });
  if (LendsTokenToAnyone(config_)) {
    spdlog::warn(
        "anyone who can reach {} can use the gateway's own token: set "
        "--tls_client_ca_file or --credentials=caller",
        parts_->server->address());
  }
  return absl::OkStatus();
}

void App::StartPortWatchdog() {
  GrpcServer& server = *parts_->server;
  PortWatchdog::Options options;
  options.address = server.listener().local_address();
  options.tls = parts_->tls != nullptr;
  port_watchdog_.Start(
      options,
      [&listener = server.listener()](int port) { listener.ExpectProbe(port); },
      [&health = server.health()](bool is_responding) {
        health.SetListening(is_responding);
      });
}

void App::Stop() {
  if (parts_->admin_pages != nullptr) {
    parts_->admin_pages->SetPhase(AdminPages::Phase::kDraining);
  }
  port_watchdog_.Stop();
  if (parts_->server != nullptr) {
    ServerDrain drain(*parts_->engine, *parts_->server, *parts_->call_recorder,
                      *parts_->loop, config_.drain_timeout);
    parts_->memory_guard.reset();
    drain.Run();
    if (parts_->replica != nullptr) parts_->replica->Stop(drain.deadline());
    RunOnLoop(*parts_->loop,
              [this] { parts_->engine->ListenToHealth(nullptr); });
    parts_->server.reset();
  }
  parts_->service.reset();
  // Webhooks must be received until here: draining waits still need them.
  parts_->webhook_server.reset();
  parts_->webhook_receiver.reset();
  if (parts_->replica != nullptr) parts_->replica->StopRelay();
  parts_->admin_server.reset();
  if (parts_->engine != nullptr) {
    RunOnLoop(*parts_->loop, [this] {
      parts_->webhook_inbox.reset();
      parts_->status_collector.reset();
      parts_->engine.reset();
      parts_->tls.reset();
    });
  }
  parts_->replica.reset();
  parts_->tracing.reset();
  parts_->loop.reset();
  parts_->sandbox.reset();
}

}  // namespace wriftai
