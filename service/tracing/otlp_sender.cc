#include "service/tracing/otlp_sender.h"

#include <algorithm>
#include <optional>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "base/host_port.h"
#include "base/mutex.h"
#include "base/sanitize.h"
#include "base/version.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/support/channel_arguments.h"
#include "service/server/http_url.h"
#include "service/tracing/redact_headers.h"
#include "spdlog/spdlog.h"

namespace wriftai {
namespace {

// A collector that fails now and then must not fill the log.
constexpr absl::Duration kReportInterval = absl::Minutes(1);

// Nothing that a collector has to say is larger.
constexpr int kMaxResponseBytes = 64 << 10;

grpc::ChannelArguments ArgumentsFor(const CollectorConfig& config) {
  grpc::ChannelArguments arguments;
  arguments.SetUserAgentPrefix(absl::StrCat("wriftai-gateway/", Version()));
  arguments.SetMaxReceiveMessageSize(kMaxResponseBytes);
  // A new channel must not share the connection of the one that it replaces.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  // SpanBatcher retries.
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  // Proxies are only for other hosts, as for the upstream.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY,
                   IsLoopback(HostOf(config.address)) ? 0 : 1);
  return arguments;
}

otlp::ExportTraceServiceRequest FrameWith(
    const OtlpSender::ResourceAttributes& resource) {
  otlp::ExportTraceServiceRequest frame;
  otlp::ResourceSpans& spans = *frame.add_resource_spans();
  for (const auto& [key, value] : resource) {
    otlp::KeyValue& attribute = *spans.mutable_resource()->add_attributes();
    attribute.set_key(key);
    attribute.mutable_value()->set_string_value(value);
  }
  otlp::InstrumentationScope& scope = *spans.add_scope_spans()->mutable_scope();
  scope.set_name("wriftai-gateway");
  scope.set_version(std::string(Version()));
  return frame;
}

std::optional<absl::Duration> RetryAfter(const grpc::Status& status) {
  google::rpc::Status details;
  google::rpc::RetryInfo retry;
  if (!details.ParseFromString(status.error_details())) return std::nullopt;
  for (const auto& detail : details.details()) {
    if (detail.UnpackTo(&retry)) {
      return absl::Seconds(retry.retry_delay().seconds()) +
             absl::Nanoseconds(retry.retry_delay().nanos());
    }
  }
  return std::nullopt;
}

// A code's name, or its number if gRPC does not know it.
std::string CodeName(int code) {
  std::string name =
      absl::StatusCodeToString(static_cast<absl::StatusCode>(code));
  return name.empty() ? absl::StrCat("code ", code) : name;
}

}  // namespace

// A call. gRPC owns it until it is completed; then the loop, which destroys it:
// its channel may be the last one, and gRPC 1.51 aborts if one of its own
// threads destroys the last channel that has used the callback API.
struct OtlpSender::Exchange {
  grpc::ClientContext context;
  otlp::ExportTraceServiceRequest request;
  otlp::ExportTraceServiceResponse response;
  Done done;  // Loop only. Null: dropped.

  // Until gRPC has completed it.
  Mutex mutex;
  std::shared_ptr<Exchange> self ABSL_GUARDED_BY(mutex);
  CallCount::Hold hold ABSL_GUARDED_BY(mutex);

  OtlpSender* sender;  // Loop only. Null: destroyed.
};

class OtlpSender::Handle final : public Call {
 public:
  explicit Handle(std::shared_ptr<Exchange> exchange)
      : exchange_(std::move(exchange)) {}
  ~Handle() override {
    if (std::exchange(exchange_->done, nullptr) != nullptr) {
      exchange_->context.TryCancel();
    }
  }

 private:
  const std::shared_ptr<Exchange> exchange_;
};

OtlpSender::OtlpSender(CollectorConfig config,
                       const ResourceAttributes& resource,
                       std::unique_ptr<ClientCredentials> credentials,
                       EventLoop& event_loop)
    : config_(std::move(config)),
      frame_(FrameWith(resource)),
      credentials_(std::move(credentials)),
      event_loop_(event_loop) {}

absl::StatusOr<std::unique_ptr<OtlpSender>> OtlpSender::Open(
    const CollectorConfig& config, const ResourceAttributes& resource,
    EventLoop& event_loop) {
  std::unique_ptr<ClientCredentials> credentials;
  if (config.tls) {
    credentials = CredentialsFor(config);
    const auto loaded = credentials->Reload(event_loop.Now());
    if (!loaded.ok()) return loaded.status();
  }
  return absl::WrapUnique(
      new OtlpSender(config, resource, std::move(credentials), event_loop));
}

OtlpSender::~OtlpSender() {
  if (exchange_ != nullptr) {
    exchange_->sender = nullptr;
    exchange_->context.TryCancel();
  }
  calls_.WaitForNone();
}

void OtlpSender::Connect() {
  if (credentials_ != nullptr) {
    const auto changed = credentials_->Reload(event_loop_.Now());
    if (!changed.ok()) {
      spdlog::error("{}; the last valid one stays in use",
                    std::string(changed.status().message()));
    } else if (*changed) {
      stub_ = nullptr;
    }
  }
  if (stub_ != nullptr) return;
  stub_ = otlp::TraceService::NewStub(grpc::CreateCustomChannel(
      absl::StrCat("dns:///", config_.address),
      credentials_ == nullptr ? grpc::InsecureChannelCredentials()
                              : credentials_->credentials(),
      ArgumentsFor(config_)));
}

CallHandle OtlpSender::Send(const std::shared_ptr<const SpanBatch>& batch,
                            absl::Duration timeout, Done done) {
  Connect();
  exchange_ = std::make_shared<Exchange>();
  Exchange& exchange = *exchange_;
  exchange.sender = this;
  exchange.done = std::move(done);
  exchange.context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  if (config_.gzip) {
    exchange.context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  }
  for (const auto& [key, value] : config_.headers) {
    exchange.context.AddMetadata(key, std::string(value.Reveal()));
  }
  exchange.request = frame_;
  auto& spans = *exchange.request.mutable_resource_spans(0)
                     ->mutable_scope_spans(0)
                     ->mutable_spans();
  for (const std::string& span : *batch) *spans.Add() = span;
  {
    const MutexLock lock(exchange.mutex);
    exchange.self = exchange_;
    exchange.hold = calls_.Add();
  }
  stub_->async()->Export(
      &exchange.context, &exchange.request, &exchange.response,
      [&event_loop = event_loop_, raw = &exchange](const grpc::Status& status) {
        CallCount::Hold hold;  // Released once the loop has the call.
        std::shared_ptr<Exchange> owned;
        {
          const MutexLock lock(raw->mutex);
          hold = std::move(raw->hold);
          owned = std::move(raw->self);
        }
        event_loop.Post([owned = std::move(owned), status] {
          if (owned->sender != nullptr) owned->sender->Finish(*owned, status);
        });
      });
  return std::make_unique<Handle>(exchange_);
}

void OtlpSender::Finish(Exchange& exchange, const grpc::Status& status) {
  // A dropped call may end after the next one has begun.
  if (exchange_.get() == &exchange) exchange_ = nullptr;
  auto done = std::exchange(exchange.done, nullptr);
  if (done == nullptr) return;
  const auto& partial = exchange.response.partial_success();
  // A negative number says nothing.
  const int64_t rejected = std::max<int64_t>(0, partial.rejected_spans());
  Report(status, rejected, partial.error_message());
  if (!status.ok()) stub_ = nullptr;
  ExportResult result;
  result.status =
      absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                   status.error_message());
  result.retry_after = RetryAfter(status);
  result.rejected_spans = rejected;
  done(std::move(result));
}

void OtlpSender::Report(const grpc::Status& status, int64_t rejected_spans,
                        const std::string& why) {
  if (status.ok() && rejected_spans == 0) {
    if (std::exchange(failing_, false)) {
      spdlog::info("traces are exported again to {}", config_.address);
    }
    return;
  }
  const absl::Time now = event_loop_.Now();
  if (now - reported_at_ < kReportInterval) return;
  reported_at_ = now;
  if (status.ok()) {
    spdlog::warn("the collector at {} rejected {} spans: {}", config_.address,
                 rejected_spans, Shown(why));
    return;
  }
  failing_ = true;
  spdlog::warn("cannot export traces to {}: {}: {}", config_.address,
               CodeName(status.error_code()), Shown(status.error_message()));
}

std::string OtlpSender::Shown(absl::string_view text) const {
  return SanitizeText(RedactHeaders(text, config_.headers), kMaxShownBytes);
}

std::unique_ptr<ClientCredentials> CredentialsFor(
    const CollectorConfig& config) {
  return std::make_unique<ClientCredentials>(
      PemFile{"OTEL_EXPORTER_OTLP_CERTIFICATE", config.ca_file},
      PemFile{"OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", config.cert_file},
      PemFile{"OTEL_EXPORTER_OTLP_CLIENT_KEY", config.key_file});
}

}  // namespace wriftai
