#ifndef WRIFTAI_SERVICE_ADMIN_STATUS_COLLECTOR_H_
#define WRIFTAI_SERVICE_ADMIN_STATUS_COLLECTOR_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/event_loop.h"
#include "service/admin/admin_pages.h"
#include "service/admin/call_history.h"
#include "service/admin/metrics.h"
#include "service/admin/status_history.h"
#include "service/admin/status_report.pb.h"

namespace wriftai {

class CallRecorder;
class Engine;
class Replica;

// Collects the state of the engine and its calls for /statusz, and keeps its
// history.
//
// Threads: loop, including constructor and destructor. Its
// arguments must outlive it. Owns: the history, the timer. Fails: never.
class StatusCollector {
 public:
  // How long a report is reused. The loop thus visits all watches and streams
  // at most once per second, regardless of the number of viewers.
  static constexpr absl::Duration kReportTtl = absl::Seconds(1);

  // `replica`: null if this process is alone.
  StatusCollector(Engine& engine, const CallRecorder& recorder,
                  EventLoop& event_loop, const Replica* replica = nullptr);
  StatusCollector(const StatusCollector&) = delete;
  StatusCollector& operator=(const StatusCollector&) = delete;

  // Returns the report without the fields that AdminPages adds: version, times,
  // phase, loop delay and findings.
  std::shared_ptr<const status::Report> Collect();

 private:
  void SampleEachInterval();
  EngineNumbers BoundedNumbers();
  StatusHistory::CallCounts CallCounts() const;
  CallSample NewestCalls(const EngineNumbers& numbers) const;

  Engine& engine_;
  const CallRecorder& recorder_;
  EventLoop& event_loop_;
  const Replica* const replica_;
  StatusHistory history_;
  CallHistory calls_;
  TimerHandle timer_;
  std::shared_ptr<const status::Report> last_;
  absl::Time collected_at_ = absl::InfinitePast();
};

// The reports of `collector`, which must be destroyed on the loop.
// UNAVAILABLE: the loop did not respond within `timeout`.
AdminPages::StatusSource EngineStatus(
    EventLoop& loop, StatusCollector& collector,
    absl::Duration timeout = AdminPages::kLoopTimeout);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_STATUS_COLLECTOR_H_
