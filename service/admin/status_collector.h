#ifndef WRIFTAI_SERVICE_ADMIN_STATUS_COLLECTOR_H_
#define WRIFTAI_SERVICE_ADMIN_STATUS_COLLECTOR_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/event_loop.h"
#include "service/admin/admin_pages.h"
#include "service/admin/metrics.h"
#include "service/admin/status_history.h"
#include "service/admin/status_report.pb.h"

namespace wriftai {

class CallRecorder;
class Engine;

// Collects what /statusz shows of the engine and its calls, and keeps its
// history.
//
// Threads: loop, constructor and destructor too. Engine, recorder and
// event_loop must outlive it. Owns: the history, the timer. Fails: never.
class StatusCollector {
 public:
  // What was collected serves whoever asks within it, so that the loop looks at
  // all watches and streams once a second at the most, however many ask.
  static constexpr absl::Duration kFresh = absl::Seconds(1);

  StatusCollector(Engine& engine, const CallRecorder& recorder,
                  EventLoop& event_loop);
  StatusCollector(const StatusCollector&) = delete;
  StatusCollector& operator=(const StatusCollector&) = delete;

  // All of the report but what the process knows: version, times, phase, delay
  // of the loop, findings.
  std::shared_ptr<const status::Report> Collect();

 private:
  void SampleEachInterval();
  EngineNumbers BoundedNumbers();
  StatusHistory::More CallNumbers() const;

  Engine& engine_;
  const CallRecorder& recorder_;
  EventLoop& event_loop_;
  StatusHistory history_;
  TimerHandle timer_;
  std::shared_ptr<const status::Report> last_;
  absl::Time collected_at_ = absl::InfinitePast();
};

// The reports of `collector`, which has to be destroyed on the loop.
// UNAVAILABLE: the loop does not answer within `patience`.
AdminPages::StatusSource EngineStatus(
    EventLoop& loop, StatusCollector& collector,
    absl::Duration patience = AdminPages::kPatience);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_STATUS_COLLECTOR_H_
