#include "upstream/watch/poll_tracer.h"

#include <algorithm>

namespace wriftai {

void PollTracer::OnPlan(const PollTargets& targets,
                        const UnreliableGets& unreliable,
                        const PollCircuitBreaker& breaker, absl::Time probe_due,
                        bool full) {
  if (!on()) return;
  const absl::Time now = event_loop_.Now();
  for (const auto& [id, target] : targets) {
    TracedPlan plan{target->reason(now), target->DueAt()};
    if (plan.reason == PollReason::kNone ||
        plan.reason == PollReason::kInFlight) {
      // OnSent() and OnResult() say so.
    } else if (breaker.is_open()) {
      plan = {PollReason::kCircuitBreaker, probe_due};
    } else if (PollPlanner::DueAt(*target, unreliable) != plan.due) {
      plan = {PollReason::kHangingGets, absl::InfiniteFuture()};
    } else if (full && plan.due <= now) {
      plan = {PollReason::kMaxInFlight, absl::InfiniteFuture()};
    }
    const TracedPlan before = std::exchange(target->traced, plan);
    // Every probe postpones the next one; one line is enough.
    const bool same_due =
        before.due == plan.due || plan.reason == PollReason::kCircuitBreaker;
    const bool is_same = before.reason == plan.reason && same_due;
    target->traced.since = is_same ? before.since : now;
    if (is_same || plan.reason == PollReason::kNone ||
        plan.reason == PollReason::kInFlight) {
      continue;
    }
    trace_->OnPlanned(*credential_, id, plan.reason,
                      std::max(plan.due - now, absl::ZeroDuration()));
  }
}

void PollTracer::OnPermitRequested(Budget& budget) {
  if (!on()) return;
  const absl::Duration wait = budget.NextPollAt() - event_loop_.Now();
  if (wait <= absl::ZeroDuration()) return;
  trace_->OnBudgetWait(*credential_, budget.stats(), wait);
}

void PollTracer::OnSent(const PollTarget& target, PollKind kind) {
  if (!on()) return;
  // A page may show targets that are not due yet, or were due at once.
  const absl::Time now = event_loop_.Now();
  const absl::Time due =
      std::max({target.traced.due, target.traced.since, target.joined_at});
  trace_->OnSent(*credential_, target.watch.id(), kind,
                 std::max(now - due, absl::ZeroDuration()));
}

}  // namespace wriftai
