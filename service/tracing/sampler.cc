#include "service/tracing/sampler.h"

#include "absl/strings/numbers.h"

namespace wriftai {
namespace {

constexpr double kIds = 9223372036854775808.0;  // 2^63.

}  // namespace

Sampler::Sampler(double ratio, bool parent_based)
    : limit_(static_cast<uint64_t>(ratio * kIds)),
      parent_based_(parent_based) {}

// The last 63 bits, as OpenTelemetry's SDK for Go. W3C's flag for random ids
// promises only that the last 56 are random.
bool Sampler::ShouldRecord(const TraceContext& trace) const {
  if (parent_based_ && !trace.parent_id().empty()) return trace.sampled();
  uint64_t id = 0;
  return absl::SimpleHexAtoi(trace.trace_id().substr(16), &id) &&
         id >> 1 < limit_;
}

}  // namespace wriftai
