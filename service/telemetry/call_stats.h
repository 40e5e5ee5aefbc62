#ifndef WRIFTAI_SERVICE_TELEMETRY_CALL_STATS_H_
#define WRIFTAI_SERVICE_TELEMETRY_CALL_STATS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "base/histogram.h"
#include "service/telemetry/call_method.h"
#include "service/telemetry/call_outcome.h"

namespace wriftai {

// In seconds: the bounds of gRPC's own metrics (proposal A66, up to 100 s),
// continued in the same steps past --max_wait's two hours, because a Wait lasts
// as long as its prediction.
inline constexpr std::array<double, 47> kCallDurationBounds = {
    0,     0.00001, 0.00005, 0.0001, 0.0003, 0.0006, 0.0008, 0.001,
    0.002, 0.003,   0.004,   0.005,  0.006,  0.008,  0.01,   0.013,
    0.016, 0.02,    0.025,   0.03,   0.04,   0.05,   0.065,  0.08,
    0.1,   0.13,    0.16,    0.2,    0.25,   0.3,    0.4,    0.5,
    0.65,  0.8,     1,       2,      5,      10,     20,     50,
    100,   200,     500,     1000,   2000,   5000,   10000};

// In bytes: the bounds of A66.
inline constexpr std::array<double, 14> kMessageSizeBounds = {
    0,       1024,    2048,     4096,     16384,     65536,      262144,
    1048576, 4194304, 16777216, 67108864, 268435456, 1073741824, 4294967296};

// Totals of all RPCs, for metrics. Loop only.
struct CallStats {
  struct Ended {
    Histogram<kCallDurationBounds> duration;  // Seconds.
    Histogram<kMessageSizeBounds> sent;       // Bytes per call.
    Histogram<kMessageSizeBounds> received;
  };

  std::map<CallMethod, int64_t> started;

  // Only combinations that occurred: at most one entry per method and code.
  std::map<std::pair<CallMethod, absl::StatusCode>, Ended> ended;

  // By CallMethod::index(), then by CallOutcome.
  std::vector<std::array<int64_t, kCallOutcomes>> outcomes =
      std::vector<std::array<int64_t, kCallOutcomes>>(
          static_cast<size_t>(PredictionsService().method_count()));

  // Log lines suppressed by the throttle.
  int64_t suppressed_lines = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TELEMETRY_CALL_STATS_H_
