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
#include "base/flag_set.h"
#include "base/mutex.h"
#include "prometheus/metric_family.h"
#include "service/admin/admin_server.h"
#include "service/admin/status_report.pb.h"

namespace wriftai {

class CallRecorder;
class CurlEventLoop;
class Engine;
class Logging;
class Replica;

inline constexpr char kLoopUnresponsive[] = "the event loop is not responding";

// Checks that the event loop runs the tasks posted to it. Concurrent checks
// share one task, so a stalled loop does not accumulate thousands of them.
//
// Threads: any except the loop's. The event loop must outlive it.
class LoopWatchdog {
 public:
  explicit LoopWatchdog(EventLoop& loop) : loop_(loop) {}

  // Waits at most `timeout`.
  bool IsResponsive(absl::Duration timeout);

 private:
  EventLoop& loop_;
  Mutex mutex_;
  std::shared_ptr<absl::Notification> pending_ ABSL_GUARDED_BY(mutex_);
};

// The admin pages. Health and readiness describe this process alone: an
// upstream outage hits every replica at once and must not take all of them out
// of service.
//
//   /healthz   the event loop and the gRPC port respond; otherwise the process
//              should be restarted
//   /readyz    as /healthz, and the process has started, has joined its
//              cluster, if any, and is not draining
//   /metrics   the metrics of all sources, in Prometheus' text format
//   /configz   the settings in use, as text
//   /log_level the level of the log; PUT ?level=debug changes it
//   /statusz   the status page, if there is a status source; format=json
//              returns the same report as JSON
//
// Threads: any. The loop and the sources must outlive it. Fails: with 503.
class AdminPages {
 public:
  enum class Phase { kStarting, kServing, kDraining };

  // Returns some of the metrics. Called from any thread, concurrently.
  using Source =
      std::function<absl::StatusOr<std::vector<prometheus::MetricFamily>>()>;

  // Returns the report for /statusz. Called from any thread, concurrently.
  using StatusReport = std::shared_ptr<const status::Report>;
  using StatusSource = std::function<absl::StatusOr<StatusReport>()>;

  // Below a kubelet's default probe timeout of 1 s.
  static constexpr absl::Duration kLoopTimeout = absl::Milliseconds(900);

  struct Options {
    // Empty: no status page.
    StatusSource status;

    // Checks the gRPC port. Called from any thread; must not block.
    std::function<absl::Status()> port_check = [] { return absl::OkStatus(); };

    // For /readyz: why calls cannot be served yet. Called from any thread; must
    // not block.
    std::function<absl::Status()> ready_check = [] { return absl::OkStatus(); };

    // For /configz and the log.
    std::vector<Setting> settings;

    // For /log_level. Null: no such page, nor /configz.
    const Logging* logging = nullptr;
    std::function<void()> on_log_level = [] {};  // After each change.

    absl::Duration loop_timeout = kLoopTimeout;
  };

  AdminPages(EventLoop& loop, std::vector<Source> sources, Options options);

  void SetPhase(Phase phase) { phase_ = phase; }

  // The pages refer to this object.
  AdminServer::Pages pages();

 private:
  AdminServer::Response Health();
  AdminServer::Response Readiness();
  AdminServer::Response Metrics();
  AdminServer::Response Settings() const;
  AdminServer::Response Status(absl::string_view query);

  EventLoop& loop_;
  const absl::Time started_at_;       // On EventLoop::Now()'s clock.
  const absl::Time wall_started_at_;  // On the wall clock.
  const std::vector<Source> sources_;
  const Options options_;
  LoopWatchdog watchdog_;
  std::atomic<Phase> phase_{Phase::kStarting};
};

// The metrics of `engine`, which must be destroyed on the loop.
// UNAVAILABLE: the loop did not respond within `timeout`.
AdminPages::Source EngineMetrics(
    EventLoop& loop, Engine& engine,
    absl::Duration timeout = AdminPages::kLoopTimeout);

// The metrics of inbound calls and of the log. Fails as EngineMetrics() does.
AdminPages::Source CallMetrics(
    EventLoop& loop, const CallRecorder& recorder, const Logging& logging,
    absl::Duration timeout = AdminPages::kLoopTimeout);

// The metrics of the connections of `transport`, the loop itself. Fails as
// EngineMetrics() does.
AdminPages::Source UpstreamConnectionMetrics(
    CurlEventLoop& transport,
    absl::Duration timeout = AdminPages::kLoopTimeout);

// The metrics of `replica`, which may be null and must be destroyed on the
// loop. Fails as EngineMetrics() does.
AdminPages::Source ReplicaMetrics(
    EventLoop& loop, const Replica* replica,
    absl::Duration timeout = AdminPages::kLoopTimeout);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_ADMIN_PAGES_H_
