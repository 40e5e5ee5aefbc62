#ifndef WRIFTAI_SERVICE_REPLICA_MEASURED_CALLS_H_
#define WRIFTAI_SERVICE_REPLICA_MEASURED_CALLS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "base/event_loop.h"
#include "base/histogram.h"
#include "service/engine/owner_calls.h"

namespace wriftai {

// In seconds: from a cached Get over loopback to a create that waits.
inline constexpr std::array<double, 14> kForwardedBounds = {
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
    0.05,   0.1,     0.5,    1,     5,      10,    60};

// Counts of the forwarded calls of one method. A value.
struct ForwardedCallStats {
  Histogram<kForwardedBounds> duration;  // Of all, failed or not.
  std::map<absl::StatusCode, int64_t> codes;
};

enum class ForwardedMethod { kGet, kList, kCancel, kCreate };
inline constexpr size_t kForwardedMethods = 4;

// The name of the method in the public contract.
const char* NameOf(ForwardedMethod method);

// By ForwardedMethod.
using ForwardedStats = std::array<ForwardedCallStats, kForwardedMethods>;

// Measures calls to the owners of credentials, from their start to their
// result. Calls whose handle is destroyed first do not count, nor do those that
// found no owner (NOT_OWNER): they are repeated until one serves them.
//
// Threads: loop. All arguments must outlive it and its calls. Fails: as
// `calls`.
class MeasuredCalls final : public OwnerCalls {
 public:
  MeasuredCalls(EventLoop& event_loop, OwnerCalls& calls)
      : event_loop_(event_loop), calls_(calls) {}

  CallHandle Get(CallContext context, std::string id,
                 PredictionDone done) override;
  CallHandle List(CallContext context, ListParams params,
                  PageDone done) override;
  CallHandle Cancel(CallContext context, const std::string& id,
                    CancelDone done) override;
  CallHandle Create(CallContext context, const std::string& request_id,
                    CreateParams params, PredictionDone done) override;

  const ForwardedStats& stats() const { return stats_; }

 private:
  template <typename Result>
  absl::AnyInvocable<void(Result)> Counted(
      ForwardedMethod method, absl::AnyInvocable<void(Result)> done);

  EventLoop& event_loop_;
  OwnerCalls& calls_;
  ForwardedStats stats_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_REPLICA_MEASURED_CALLS_H_
