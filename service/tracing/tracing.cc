#include "service/tracing/tracing.h"

#include <random>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/synchronization/notification.h"
#include "base/random_id.h"
#include "base/run_on_loop.h"
#include "base/version.h"
#include "spdlog/spdlog.h"

namespace wriftai {
namespace {

// Attributes of the process, unless the operator has set them.
OtlpSender::ResourceAttributes ResourceFor(const TracingConfig& config) {
  OtlpSender::ResourceAttributes resource = config.resource;
  const auto add = [&](absl::string_view key, absl::string_view value) {
    for (const auto& attribute : resource) {
      if (attribute.first == key) return;
    }
    resource.emplace_back(key, value);
  };
  add("service.version", Version());
  add("service.instance.id", RandomUuid());
  add("telemetry.sdk.name", "wriftai-gateway");
  add("telemetry.sdk.language", "cpp");
  add("telemetry.sdk.version", Version());
  return resource;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Tracing>> Tracing::Open(
    const TracingConfig& config, EventLoop& event_loop) {
  auto tracing = absl::WrapUnique(new Tracing(event_loop));
  if (!config.enabled) return tracing;
  auto sender =
      OtlpSender::Open(config.collector, ResourceFor(config), event_loop);
  if (!sender.ok()) return sender.status();
  tracing->sender_ = *std::move(sender);
  tracing->batcher_ = std::make_unique<SpanBatcher>(
      config.batch, event_loop, *tracing->sender_, std::random_device{}());
  tracing->tracer_ = std::make_unique<Tracer>(
      Sampler(config.sampling_ratio, config.parent_based), *tracing->batcher_,
      event_loop);
  spdlog::info("traces are exported to {}", config.collector.address);
  return tracing;
}

Tracing::~Tracing() {
  if (batcher_ == nullptr) return;
  Flush();
  RunOnLoop(event_loop_, [this] {
    batcher_.reset();
    sender_.reset();
  });
}

void Tracing::Flush() {
  const int64_t failed_before = counts()->export_failed;
  // The loop destroys what it may still notify.
  const auto flushed = std::make_shared<absl::Notification>();
  event_loop_.Post(
      [this, flushed] { batcher_->Flush([flushed] { flushed->Notify(); }); });
  flushed->WaitForNotificationWithTimeout(kMaxFlush);
  const int64_t lost =
      counts()->queued + (counts()->export_failed - failed_before);
  if (lost == 0) return;
  spdlog::warn("{} spans were not exported before the shutdown", lost);
}

}  // namespace wriftai
