#ifndef WRIFTAI_UPSTREAM_WATCH_POLL_TRACER_H_
#define WRIFTAI_UPSTREAM_WATCH_POLL_TRACER_H_

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/credential.h"
#include "base/event_loop.h"
#include "upstream/budget/budget.h"
#include "upstream/watch/poll_circuit_breaker.h"
#include "upstream/watch/poll_planner.h"
#include "upstream/watch/poll_target.h"
#include "upstream/watch/poll_trace.h"

namespace wriftai {

// Reports the polls of one credential to a PollTrace. Without one, every
// function returns at once.
//
// Threads: loop. The pointer to the trace and the event loop must outlive it.
// Fails: never.
class PollTracer {
 public:
  // `trace` may be null, and may change at any time.
  PollTracer(PollTrace* const& trace,
             std::shared_ptr<const Credential> credential,
             const EventLoop& event_loop)
      : trace_(trace),
        credential_(std::move(credential)),
        event_loop_(event_loop) {}

  bool on() const { return trace_ != nullptr; }

  // When polls of all targets may have changed. Reports those whose next
  // poll has changed. `full`: no further poll may be in flight. `probe_due` is
  // used while the breaker is open.
  void OnPlan(const PollTargets& targets, const UnreliableGets& unreliable,
              const PollCircuitBreaker& breaker, absl::Time probe_due,
              bool full);

  // A poll waits for a permit of `budget`, if it has to.
  void OnPermitRequested(Budget& budget);

  void OnSent(const PollTarget& target, PollKind kind);
  void OnResult(absl::string_view id, PollKind kind,
                const absl::Status& status) {
    if (on()) trace_->OnResult(*credential_, id, kind, status);
  }
  void OnNotified(absl::string_view id, const Snapshot& snapshot,
                  int64_t waiters) {
    if (on()) trace_->OnNotified(*credential_, id, snapshot, waiters);
  }

 private:
  PollTrace* const& trace_;
  const std::shared_ptr<const Credential> credential_;
  const EventLoop& event_loop_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_POLL_TRACER_H_
