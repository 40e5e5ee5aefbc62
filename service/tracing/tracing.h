#ifndef WRIFTAI_SERVICE_TRACING_TRACING_H_
#define WRIFTAI_SERVICE_TRACING_TRACING_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/event_loop.h"
#include "service/tracing/otlp_sender.h"
#include "service/tracing/span_batcher.h"
#include "service/tracing/tracer.h"
#include "service/tracing/tracing_config.h"

namespace wriftai {

// Traces, from their begin to their export, or none if they are off.
//
// Threads: tracer(), see Tracer; counts(), any; Open() and the destructor, any
// except the loop, which must run. Owns: everything below it. The event loop
// must outlive it. The destructor exports what is left, within kMaxFlush; no
// span may begin or end from then on. Fails: only Open().
class Tracing {
 public:
  // How long the last spans may take at shutdown. Well below what is left until
  // an orchestrator kills a process that has drained.
  static constexpr absl::Duration kMaxFlush = absl::Seconds(2);

  // INVALID_ARGUMENT: a file is invalid; names its variable.
  static absl::StatusOr<std::unique_ptr<Tracing>> Open(
      const TracingConfig& config, EventLoop& event_loop);
  ~Tracing();
  Tracing(const Tracing&) = delete;
  Tracing& operator=(const Tracing&) = delete;

  // Both are null if traces are off.
  Tracer* tracer() { return tracer_.get(); }
  const ExportCounts* counts() const {
    return batcher_ == nullptr ? nullptr : &batcher_->counts();
  }

 private:
  explicit Tracing(EventLoop& event_loop) : event_loop_(event_loop) {}

  void Flush();

  EventLoop& event_loop_;
  std::unique_ptr<OtlpSender> sender_;
  std::unique_ptr<SpanBatcher> batcher_;
  std::unique_ptr<Tracer> tracer_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TRACING_TRACING_H_
