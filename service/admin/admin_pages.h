#ifndef WRIFTAI_SERVICE_ADMIN_ADMIN_PAGES_H_
#define WRIFTAI_SERVICE_ADMIN_ADMIN_PAGES_H_

#include <atomic>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "base/event_loop.h"
#include "base/mutex.h"
#include "prometheus/metric_family.h"
#include "service/admin/admin_server.h"
#include "service/admin/status_report.pb.h"

namespace wriftai {

class CallRecorder;
class Engine;
class Logging;

inline constexpr char kLoopDoesNotAnswer[] = "the loop does not answer";

// Whether the loop runs what is posted to it. Many may ask; one task at a time
// is posted, so that a loop that hangs does not find thousands when it is back.
//
// Threads: any but the loop's. The event_loop must outlive it.
class LoopWatchdog {
 public:
  explicit LoopWatchdog(EventLoop& loop) : loop_(loop) {}

  // Waits no longer than `patience`.
  bool Answers(absl::Duration patience);

 private:
  EventLoop& loop_;
  Mutex mutex_;
  std::shared_ptr<absl::Notification> asked_ ABSL_GUARDED_BY(mutex_);
};

// What operators' machines ask of this process, and of it alone: a trouble of
// the upstream would meet every replica at once, and must not take all of them
// out of service.
//
//   /healthz   the loop is alive, and the gRPC port answers; else the process
//              should be restarted
//   /readyz    the same, and calls are welcome: it has started, and no drain
//              has begun
//   /metrics   what the sources have, as Prometheus' text
//   /statusz   the status, where there is a source of it, for a person; with
//              the query format=json the same for a program
//
// Threads: any. Loop and sources must outlive it. Fails: with status 503.
class AdminPages {
 public:
  enum class Phase { kStarting, kServing, kDraining };

  // Some of the metrics. Called from any thread, several at once.
  using Source =
      std::function<absl::StatusOr<std::vector<prometheus::MetricFamily>>()>;

  // What /statusz shows of the engine; called from any thread, several at once.
  using StatusReport = std::shared_ptr<const status::Report>;
  using StatusSource = std::function<absl::StatusOr<StatusReport>()>;

  // Below the second that a kubelet waits by default.
  static constexpr absl::Duration kPatience = absl::Milliseconds(900);

  AdminPages(EventLoop& loop, std::vector<Source> sources,
             absl::Duration patience = kPatience);

  // Before pages().
  void set_status(StatusSource status) { status_ = std::move(status); }

  // Whether the gRPC port answers, and why not; before pages(). Called from any
  // thread, and must not block.
  void set_port_check(std::function<absl::Status()> check) {
    port_check_ = std::move(check);
  }

  void SetPhase(Phase phase) { phase_ = phase; }

  // They refer to this.
  AdminServer::Pages pages();

 private:
  AdminServer::Response Health();
  AdminServer::Response Readiness();
  AdminServer::Response Metrics();
  AdminServer::Response Status(absl::string_view query);

  EventLoop& loop_;
  const absl::Time started_at_;       // Of EventLoop::Now()'s clock.
  const absl::Time wall_started_at_;  // Of the wall clock.
  const std::vector<Source> sources_;
  const absl::Duration patience_;
  LoopWatchdog probe_;
  StatusSource status_;
  std::function<absl::Status()> port_check_ = [] { return absl::OkStatus(); };
  std::atomic<Phase> phase_{Phase::kStarting};
};

// The metrics of the engine, which has to be destroyed on the loop.
// UNAVAILABLE: the loop does not answer within `patience`.
AdminPages::Source EngineMetrics(
    EventLoop& loop, Engine& engine,
    absl::Duration patience = AdminPages::kPatience);

// The metrics of callers' calls and of the log, as above.
AdminPages::Source CallMetrics(EventLoop& loop, const CallRecorder& recorder,
                               const Logging& logging,
                               absl::Duration patience = AdminPages::kPatience);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_ADMIN_PAGES_H_
