#include "service/tracing/span_batcher.h"

#include <algorithm>
#include <utility>

namespace wriftai {

// https://opentelemetry.io/docs/specs/otlp/#failures
bool IsRetryable(const ExportResult& result) {
  switch (result.status.code()) {
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDataLoss:
      return true;
    case absl::StatusCode::kResourceExhausted:
      // Without it, the collector does not say that it can recover.
      return result.retry_after.has_value();
    default:
      return false;
  }
}

void SpanBatcher::Add(std::string span) {
  if (queue_.size() >= options_.max_queued_spans ||
      queued_bytes_ + span.size() > kMaxQueuedBytes) {
    ++counts_.queue_full;
    return;
  }
  ++counts_.queued;
  queued_bytes_ += span.size();
  queue_.push_back(std::move(span));
  if (batch_ == nullptr) Schedule();
}

void SpanBatcher::Flush(absl::AnyInvocable<void()> done) {
  flushed_ = std::move(done);
  // A batch that waits for its retry gets one more attempt now.
  if (batch_ == nullptr) {
    ExportNext();
  } else if (call_ == nullptr) {
    Attempt();
  }
}

void SpanBatcher::Schedule() {
  if (queue_.size() >= options_.max_batch_spans) {
    ExportNext();
  } else if (timer_ == nullptr) {
    timer_ = event_loop_.RunAt(event_loop_.Now() + options_.delay,
                               [this] { ExportNext(); });
  }
}

void SpanBatcher::ExportNext() {
  timer_.reset();
  SpanBatch batch;
  size_t bytes = 0;
  while (!queue_.empty() && batch.size() < options_.max_batch_spans &&
         (batch.empty() || bytes + queue_.front().size() <= kMaxBatchBytes)) {
    bytes += queue_.front().size();
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  queued_bytes_ -= bytes;
  if (batch.empty()) {
    if (flushed_ != nullptr) std::exchange(flushed_, nullptr)();
    return;
  }
  batch_ = std::make_shared<const SpanBatch>(std::move(batch));
  batch_deadline_ = event_loop_.Now() + options_.max_export;
  attempts_ = 0;
  Attempt();
}

void SpanBatcher::Attempt() {
  timer_.reset();
  ++attempts_;
  const absl::Duration left = batch_deadline_ - event_loop_.Now();
  call_ = sender_.Send(batch_, std::min(options_.max_attempt, left),
                       [this](const ExportResult& result) {
                         call_.reset();
                         OnResult(result);
                       });
}

void SpanBatcher::OnResult(const ExportResult& result) {
  const auto spans = static_cast<int64_t>(batch_->size());
  if (result.status.ok()) {
    ++counts_.attempts_ok;
    const int64_t rejected =
        std::clamp<int64_t>(result.rejected_spans, 0, spans);
    counts_.rejected += rejected;
    counts_.exported += spans - rejected;
    return EndBatch();
  }
  ++counts_.attempts_failed;
  const absl::Time retry_at = event_loop_.Now() + RetryDelay(result);
  if (IsRetryable(result) && retry_at < batch_deadline_ &&
      flushed_ == nullptr) {
    timer_ = event_loop_.RunAt(retry_at, [this] { Attempt(); });
    return;
  }
  counts_.export_failed += spans;
  EndBatch();
}

absl::Duration SpanBatcher::RetryDelay(const ExportResult& result) {
  absl::Duration delay = kFirstRetryDelay;
  for (int i = 1; i < attempts_ && delay < kMaxRetryDelay; ++i) delay *= 2;
  delay = std::min(delay, kMaxRetryDelay) * (1 - random_.Uniform() / 2);
  return std::max(delay, result.retry_after.value_or(absl::ZeroDuration()));
}

void SpanBatcher::EndBatch() {
  counts_.queued -= static_cast<int64_t>(batch_->size());
  batch_.reset();
  if (flushed_ != nullptr) {
    ExportNext();
  } else if (!queue_.empty()) {
    Schedule();
  }
}

}  // namespace wriftai
