#ifndef WRIFTAI_SERVICE_TRACING_SAMPLER_H_
#define WRIFTAI_SERVICE_TRACING_SAMPLER_H_

#include <cstdint>

#include "base/trace_context.h"

namespace wriftai {

// Decides which traces are recorded: OTEL_TRACES_SAMPLER. By the trace id, so
// every service with the same ratio decides the same for a trace.
//
// Threads: immutable, any. Fails: never.
class Sampler {
 public:
  // always_on is the ratio 1, always_off the ratio 0. `parent_based`: a
  // caller's decision goes before the ratio.
  explicit Sampler(double ratio = 1, bool parent_based = true);

  // `trace`: the caller's, or one that begins here.
  bool ShouldRecord(const TraceContext& trace) const;

 private:
  const uint64_t limit_;  // Of the ids' last 63 bits.
  const bool parent_based_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TRACING_SAMPLER_H_
