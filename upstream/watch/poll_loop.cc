#include "upstream/watch/poll_loop.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "upstream/retry_policy.h"
#include "upstream/watch/spare_polls.h"

namespace wriftai {
namespace {

// While the circuit breaker is open, every third probe is a page, since only
// GETs may be failing.
constexpr int kProbesPerPage = 3;

}  // namespace

PollLoop::PollLoop(WatchTable& table, const Shared& shared)
    : table_(table),
      shared_(shared),
      budget_(shared_.budgets.For(table_.credential())),
      planner_(shared_.pages, table_.list_trust()),
      gets_(table_, breaker_, shared_.reader, shared_.recent_creates,
            shared_.event_loop, shared_.random, *this),
      pages_(table_, planner_, breaker_, shared_.reader, shared_.event_loop,
             shared_.random, shared_.stats, *this) {}

void PollLoop::Suspend() {
  suspended_ = true;
  dirty_ = false;
  plan_.reset();
  acquire_.reset();
}

void PollLoop::Resume() {
  suspended_ = false;
  MarkDirty();
}

void PollLoop::MarkDirty() {
  if (suspended_) return;
  if (acquire_ != nullptr) TracePlans();
  // A permit is followed by a plan anyway.
  if (dirty_ || acquire_ != nullptr) return;
  dirty_ = true;
  plan_ =
      shared_.event_loop.RunAt(shared_.event_loop.Now(), [this] { Plan(); });
}

// Sends a poll if one is due and there is a permit, waits for a permit, or sets
// a timer for the next poll.
void PollLoop::Plan() {
  plan_.reset();
  dirty_ = false;
  TracePlans();
  if (acquire_ != nullptr ||
      gets_.in_flight() + pages_.in_flight() >= kMaxInFlight) {
    return;
  }
  // What is due is compared with the time at which it was looked up.
  const absl::Time now = shared_.event_loop.Now();
  const absl::Time due = breaker_.is_open() ? ProbeDue() : PollDue(now);
  if (due <= now) {
    AcquirePermit();
    return;
  }
  const absl::Time next = std::min(due, PlanSparePoll(now));
  if (next != absl::InfiniteFuture()) {
    plan_ = shared_.event_loop.RunAt(next, [this] { Plan(); });
  }
}

// Nothing is due: sends a spare poll if that is worth it now. Returns when to
// plan again.
absl::Time PollLoop::PlanSparePoll(absl::Time now) {
  // While intervals need more than the budget, pages show more than single
  // polls.
  if (!shared_.spare_polls || planner_.contended() || breaker_.is_open() ||
      table_.targets().empty()) {
    return absl::InfiniteFuture();
  }
  const SpareRequests spare = budget_->reads.Spare();
  const SparePoll poll =
      SparePoll::Next(table_.targets(), table_.run_durations(), spare, now,
                      shared_.event_loop.WallNow());
  if (poll.target == nullptr || poll.when > now) return poll.when;
  auto permit = budget_->reads.TryAcquire(Priority::kSpare);
  if (!permit.has_value()) return spare.until;
  SendSparePoll(*poll.target, *std::move(permit));
  // The response plans again.
  return absl::InfiniteFuture();
}

void PollLoop::SendSparePoll(PollTarget& target, Permit permit) {
  const absl::Time now = shared_.event_loop.Now();
  const bool early = now < target.ReplacesDueFrom();
  const absl::Time due = target.DueAt();
  Get(target, std::move(permit), early);
  // It replaces the next one, so updates keep their pace.
  if (!early) target.requested_at = std::max(due, now);
  table_.polls().OnChanged(target);
}

void PollLoop::TracePlans() {
  PollTracer& tracer = table_.tracer();
  if (!tracer.on()) return;
  tracer.OnPlan(table_.targets(), gets_.CountUnreliable(), breaker_,
                breaker_.is_open() ? ProbeDue() : absl::InfiniteFuture(),
                gets_.in_flight() + pages_.in_flight() >= kMaxInFlight);
}

// When the first target is due; at most `now` if one is due already.
absl::Time PollLoop::PollDue(absl::Time now) {
  return table_.polls().NextDue(PollPlanner::Allowed(gets_.CountUnreliable()),
                                {now, shared_.event_loop.WallNow()});
}

absl::Time PollLoop::ProbeDue() {
  bool untried = false;
  PollTarget* const probe = NextProbe(&untried);
  return probe == nullptr ? absl::InfiniteFuture() : breaker_.ProbeAt(untried);
}

PollTarget* PollLoop::NextProbe(bool* untried) {
  return PollPlanner::NextProbe(table_.targets(), breaker_.since(),
                                breaker_.probe_count() % 2 == 0, untried);
}

void PollLoop::AcquirePermit() {
  if (auto permit = budget_->reads.TryAcquire(Priority::kPoll)) {
    Send(*std::move(permit));
    return;
  }
  acquire_ = budget_->reads.AcquirePoll([this](Permit permit) {
    // Keeps the handle alive while its callback runs.
    const CallHandle granted = std::move(acquire_);
    Send(std::move(permit));
  });
  table_.tracer().OnPermitRequested(budget_->reads);
}

// Sends what is worth most by now.
void PollLoop::Send(Permit permit) {
  const absl::Time now = shared_.event_loop.Now();
  const double rate = budget_->reads.rate();
  if (breaker_.is_open()) {
    SendProbe(std::move(permit));
  } else {
    const PollPlan plan = planner_.Next(table_.polls(), gets_.CountUnreliable(),
                                        rate, shared_.event_loop.ThisInstant());
    if (plan.get != nullptr) {
      if (plan.confirms) table_.list_trust().OnConfirm(now, rate);
      Get(*plan.get, std::move(permit));
    } else if (plan.list != nullptr) {
      FetchPage(*plan.list, std::move(permit));
    } else {
      permit.Release();
    }
  }
  MarkDirty();
}

void PollLoop::SendProbe(Permit permit) {
  const int64_t number = breaker_.probe_count();
  bool untried = false;
  PollTarget* const probe = NextProbe(&untried);
  if (probe == nullptr) {
    permit.Release();
    return;
  }
  breaker_.OnProbe(shared_.event_loop.Now(), shared_.random);
  PageMap::Page* const page = planner_.ProbePage();
  if (number % kProbesPerPage == kProbesPerPage - 1 && page != nullptr) {
    FetchPage(*page, std::move(permit));
  } else {
    Get(*probe, std::move(permit));
  }
}

void PollLoop::Get(PollTarget& target, Permit permit, bool early) {
  ++shared_.stats.gets;
  table_.tracer().OnSent(target, PollKind::kGet);
  CallContext context = PollContext(std::move(permit));
  if (shared_.spans != nullptr) {
    context.trace =
        shared_.spans->BeginGet(*table_.credential(), target.watch.id(),
                                std::max(target.DueAt(), target.joined_at));
  }
  gets_.Fetch(target, std::move(context), early);
}

void PollLoop::FetchPage(PageMap::Page& page, Permit permit) {
  ++shared_.stats.lists;
  CallContext context = PollContext(std::move(permit));
  if (shared_.spans != nullptr) {
    context.trace = shared_.spans->BeginPage(*table_.credential());
  }
  pages_.Fetch(page, std::move(context));
}

CallContext PollLoop::PollContext(Permit permit) const {
  CallContext context;
  context.credential = table_.credential();
  // Failing polls have their own, slower backoff.
  context.retry_reads = false;
  context.permit = std::move(permit);
  return context;
}

void PollLoop::OnUpstreamResponse() {
  if (breaker_.is_open()) {
    for (const auto& [id, target] : table_.targets()) {
      target->failures.ResetBackoff(breaker_.since());
    }
    table_.polls().OnAllChanged();
  }
  breaker_.OnResponse(shared_.event_loop.Now());
}

void PollLoop::OnPollFailed(absl::string_view item,
                            PollCircuitBreaker::Standing standing,
                            const absl::Status& status, absl::Time requested_at,
                            absl::Duration interval) {
  if (shared_.on_poll_failed) {
    shared_.on_poll_failed(*table_.credential(), status);
  }
  if (!IsOutage(status)) {
    OnUpstreamResponse();
    return;
  }
  breaker_.OnFailure(item, standing, requested_at, shared_.event_loop.Now(),
                     interval, shared_.random);
  // Probes have their own schedule.
  if (breaker_.is_open()) acquire_.reset();
}

}  // namespace wriftai
