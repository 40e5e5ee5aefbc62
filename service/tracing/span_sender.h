#ifndef WRIFTAI_SERVICE_TRACING_SPAN_SENDER_H_
#define WRIFTAI_SERVICE_TRACING_SPAN_SENDER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/call.h"

namespace wriftai {

// Encoded spans, exported together.
using SpanBatch = std::vector<std::string>;

// The collector's response to a batch.
struct ExportResult {
  absl::Status status;
  // RetryInfo, by which a collector asks for fewer spans.
  std::optional<absl::Duration> retry_after;
  // Of a batch that is OK: spans that the collector did not take.
  int64_t rejected_spans = 0;
};

// Sends batches to a collector.
//
// Threads: loop. `done` runs once, after Send() has returned, and never after
// the handle is destroyed. Fails: through the result; DEADLINE_EXCEEDED after
// `timeout`.
class SpanSender {
 public:
  using Done = absl::AnyInvocable<void(ExportResult)>;

  virtual ~SpanSender() = default;

  [[nodiscard]] virtual CallHandle Send(
      const std::shared_ptr<const SpanBatch>& batch, absl::Duration timeout,
      Done done) = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TRACING_SPAN_SENDER_H_
