#ifndef WRIFTAI_SERVICE_ADMIN_CALL_HISTORY_H_
#define WRIFTAI_SERVICE_ADMIN_CALL_HISTORY_H_

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

#include "absl/time/time.h"
#include "base/histogram.h"
#include "service/admin/status_report.pb.h"
#include "service/telemetry/call_stats.h"
#include "upstream/rest/upstream_stats.h"

namespace wriftai {

// The counts of calls and of upstream requests at a time. A value.
struct CallSample {
  struct Method {
    std::array<int64_t, kCallOutcomes> outcomes{};
    Histogram<kCallDurationBounds> ok_duration;
  };
  struct Operation {
    std::array<int64_t, UpstreamResult::kNames.size()> results{};
    DurationHistogram responses;  // Of all that had a response.
  };

  CallSample(absl::Time at, const CallStats& calls,
             const UpstreamStats& upstream, double cpu);

  absl::Time time;
  std::vector<Method> methods;  // In the order of the schema.
  std::array<Operation, UpstreamStats::kOperations.size()> operations;
  double cpu_seconds;
};

// The history of calls and upstream requests over the last minutes: it takes
// all counts once per interval and reports their differences.
//
// Threads: one. Owns: 4 kB per sample, half a megabyte in all. Fails: never.
class CallHistory {
 public:
  void Add(CallSample sample);

  // Fills methods, operations and rates of `report`. `newest`: the newest
  // counts; `started`: of CallStats.
  void Fill(const CallSample& newest,
            const std::map<CallMethod, int64_t>& started,
            status::Report& report) const;

 private:
  std::deque<CallSample> samples_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_CALL_HISTORY_H_
