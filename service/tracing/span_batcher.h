#ifndef WRIFTAI_SERVICE_TRACING_SPAN_BATCHER_H_
#define WRIFTAI_SERVICE_TRACING_SPAN_BATCHER_H_

#include <cstddef>
#include <deque>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "base/event_loop.h"
#include "base/random.h"
#include "service/tracing/export_counts.h"
#include "service/tracing/span_sender.h"
#include "service/tracing/span_sink.h"
#include "service/tracing/tracing_config.h"

namespace wriftai {

// Queues spans, and exports them in batches, one at a time: when a batch is
// full, and at the latest after BatchOptions::delay. A transient failure is
// retried with backoff, as OTLP says, for at most BatchOptions::max_export.
// Then the batch is dropped, and the next one is tried.
//
// Spans that do not fit are dropped and counted, so a slow collector costs a
// bounded amount of memory, and no call waits for it.
//
// Threads: loop; counts(), any. Owns: the spans and the export in flight.
// Event loop and sender must outlive it. Fails: never.
class SpanBatcher final : public SpanSink {
 public:
  // A span is 300 to 700 bytes, and 5 KB with all events: the default queue of
  // 2,048 spans rarely reaches this.
  static constexpr size_t kMaxQueuedBytes = 8 << 20;

  // gRPC servers accept 4 MiB by default.
  static constexpr size_t kMaxBatchBytes = 3 << 20;

  // As gRPC's retry policies in OpenTelemetry's SDKs: doubles from the first to
  // the last pause, up to half less by chance.
  static constexpr absl::Duration kFirstRetryDelay = absl::Seconds(1);
  static constexpr absl::Duration kMaxRetryDelay = absl::Seconds(5);

  SpanBatcher(const BatchOptions& options, EventLoop& event_loop,
              SpanSender& sender, uint64_t random_seed)
      : options_(options),
        event_loop_(event_loop),
        sender_(sender),
        random_(random_seed) {}

  void Add(std::string span) override;

  // Exports all spans without waiting for full batches or for retries. `done`
  // runs once none is left, in a task or inside this.
  void Flush(absl::AnyInvocable<void()> done);

  const ExportCounts& counts() const { return counts_; }

 private:
  void Schedule();
  void ExportNext();
  void Attempt();
  void OnResult(const ExportResult& result);
  absl::Duration RetryDelay(const ExportResult& result);
  void EndBatch();

  const BatchOptions options_;
  EventLoop& event_loop_;
  SpanSender& sender_;
  Random random_;
  ExportCounts counts_;

  std::deque<std::string> queue_;
  size_t queued_bytes_ = 0;
  TimerHandle timer_;  // Of the next batch, or of a retry.
  absl::AnyInvocable<void()> flushed_;

  // The batch that is being exported; null: none.
  std::shared_ptr<const SpanBatch> batch_;
  absl::Time batch_deadline_;
  int attempts_ = 0;
  CallHandle call_;
};

// Whether OTLP lets a client repeat an export after this result.
bool IsRetryable(const ExportResult& result);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TRACING_SPAN_BATCHER_H_
