#ifndef WRIFTAI_SERVICE_TRACING_TRACING_H_
#define WRIFTAI_SERVICE_TRACING_TRACING_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/event_loop.h"
#include "service/tracing/otlp_sender.h"
#include "service/tracing/span_batcher.h"
#include "service/tracing/tracer.h"
#include "service/tracing/tracing_config.h"

namespace wriftai {

// Traces, from their begin to their export.
//
// Threads: tracer(), see Tracer; counts(), any; Stop() and the destructor, any
// except the loop, which must run. Owns: everything below it. The event loop
// must outlive it. Fails: only Open().
class Tracing {
 public:
  // How long the last spans may take at shutdown. Well below what is left until
  // an orchestrator kills a process that has drained.
  static constexpr absl::Duration kMaxFlush = absl::Seconds(2);

  // INVALID_ARGUMENT: a file is invalid; names its variable.
  static absl::StatusOr<std::unique_ptr<Tracing>> Open(
      const TracingConfig& config, EventLoop& event_loop, uint64_t random_seed);
  ~Tracing();

  Tracer& tracer() { return tracer_; }
  const ExportCounts& counts() const { return batcher_->counts(); }

  // Exports what is left, within kMaxFlush. No span may begin or end from here
  // on.
  void Stop();

 private:
  Tracing(const TracingConfig& config, std::unique_ptr<OtlpSender> sender,
          EventLoop& event_loop, uint64_t random_seed);

  EventLoop& event_loop_;
  std::unique_ptr<OtlpSender> sender_;
  std::unique_ptr<SpanBatcher> batcher_;
  Tracer tracer_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TRACING_TRACING_H_
