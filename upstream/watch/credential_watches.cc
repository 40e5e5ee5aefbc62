#include "upstream/watch/credential_watches.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "upstream/error_details.h"
#include "upstream/prediction_state.h"
#include "upstream/retry_policy.h"

namespace wriftai {
namespace {

// An observation within this multiple of the interval is on time.
constexpr double kLateFactor = 1.25;

// Weight of a new observation in average_spacing_.
constexpr double kSpacingGain = 0.1;

// While the circuit breaker is open, every third probe is a page, since only
// GETs may be failing.
constexpr int kProbesPerPage = 3;

}  // namespace

CredentialWatches::CredentialWatches(
    std::shared_ptr<const Credential> credential, const Context& context)
    : credential_(std::move(credential)),
      context_(context),
      budget_(context_.budgets.For(credential_)),
      planner_(context_.pages, run_durations_),
      pages_(targets_, planner_, breaker_, context_.client, context_.event_loop,
             context_.random, context_.stats, *this),
      rejected_token_(context_.event_loop),
      idle_since_(context_.event_loop.Now()) {}

CredentialWatches::~CredentialWatches() = default;

uint64_t CredentialWatches::Subscribe(const std::string& id,
                                      const WatchOptions& options,
                                      PredictionObserver& observer,
                                      SnapshotPtr known) {
  EventLoop& event_loop = context_.event_loop;
  ++context_.stats.waits;
  if (rejected_token_.active()) return rejected_token_.Notify(observer);
  std::unique_ptr<PollTarget>& target = targets_[id];
  if (target == nullptr) {
    if (auto kept = context_.cache.Find(credential_->key(), id)) known = kept;
    target = std::make_unique<PollTarget>(id, std::move(known),
                                          event_loop.Now(), event_loop);
    target->webhook_backoff =
        context_.webhooks.StartBackoff(credential_->key(), id);
    target->watch.set_spacing(target->webhook_backoff.interval());
  }
  if (target->watch.newest() != nullptr) ++context_.stats.waits_from_cache;
  idle_since_ = absl::InfiniteFuture();
  const uint64_t waiter = target->watch.Subscribe(options, observer);
  if (!target->webhook_backoff.active() && planner_.contended() &&
      average_spacing_ > options.poll_interval * kLateFactor) {
    target->watch.set_spacing(average_spacing_);
  }
  Plan();
  return waiter;
}

void CredentialWatches::Unsubscribe(const std::string& id, uint64_t waiter) {
  rejected_token_.Cancel(waiter);
  PollTarget* const target = Find(id);
  // The watch may already have been erased if the wait has ended.
  if (target == nullptr) return;
  target->watch.Unsubscribe(waiter);
  if (!target->watch.idle()) return;
  CancelGet(*target);
  ScheduleErase();
}

// Cancels the target's GET if one is in flight.
void CredentialWatches::CancelGet(PollTarget& target) {
  target.get.reset();
  gets_.erase(&target);
}

PollTarget* CredentialWatches::Find(const std::string& id) {
  const auto found = targets_.find(id);
  return found == targets_.end() ? nullptr : found->second.get();
}

size_t CredentialWatches::waiter_count() const {
  size_t count = 0;
  for (const auto& [id, target] : targets_) {
    count += target->watch.waiter_count();
  }
  return count;
}

void CredentialWatches::DrainAll(const std::function<absl::Status()>& status) {
  ForEachWatch([&](PredictionWatch& watch) { watch.Drain(status); });
  ScheduleErase();
}

void CredentialWatches::ForEachWatch(
    const std::function<void(PredictionWatch&)>& visit) {
  // Observers may subscribe or unsubscribe. Only EraseIdle() erases targets.
  std::vector<PollTarget*> targets;
  targets.reserve(targets_.size());
  for (const auto& [id, target] : targets_) targets.push_back(target.get());
  for (PollTarget* const target : targets) visit(target->watch);
}

void CredentialWatches::ScheduleErase() {
  if (erase_ != nullptr) return;
  erase_ = context_.event_loop.RunAt(context_.event_loop.Now(),
                                     [this] { EraseIdle(); });
}

void CredentialWatches::EraseIdle() {
  erase_.reset();
  for (auto it = targets_.begin(); it != targets_.end();) {
    PollTarget& target = *it->second;
    if (!target.watch.idle()) {
      ++it;
      continue;
    }
    CancelGet(target);
    // Cached for later waits, unless the token was rejected.
    if (target.watch.newest() != nullptr && !rejected_token_.active()) {
      context_.cache.Put(credential_->key(), target.watch.newest());
    }
    it = targets_.erase(it);
  }
  if (targets_.empty()) idle_since_ = context_.event_loop.Now();
  Plan();
}

// Requests a permit from the budget if a poll is due; else sets a timer for the
// next one.
void CredentialWatches::Plan() {
  if (acquire_ != nullptr ||
      gets_.size() + pages_.in_flight() >= kMaxInFlight) {
    return;
  }
  const absl::Time now = context_.event_loop.Now();
  const absl::Time due = breaker_.is_open() ? ProbeDue() : PollDue(now);
  if (due <= now) {
    plan_.reset();
    AcquirePermit();
  } else if (due == absl::InfiniteFuture()) {
    plan_.reset();
  } else {
    plan_ = context_.event_loop.RunAt(due, [this] {
      plan_.reset();
      Plan();
    });
  }
}

// When the first target is due; at most `now` if one is due already.
absl::Time CredentialWatches::PollDue(absl::Time now) const {
  absl::Time due = absl::InfiniteFuture();
  const UnreliableGets unreliable = CountUnreliableGets();
  for (const auto& [id, target] : targets_) {
    due = std::min(due, PollPlanner::DueAt(*target, unreliable));
    if (due <= now) break;
  }
  return due;
}

absl::Time CredentialWatches::ProbeDue() {
  bool untried = false;
  PollTarget* const probe = NextProbe(&untried);
  return probe == nullptr ? absl::InfiniteFuture() : breaker_.ProbeAt(untried);
}

PollTarget* CredentialWatches::NextProbe(bool* untried) {
  return PollPlanner::NextProbe(targets_, breaker_.since(),
                                breaker_.probe_count() % 2 == 0, untried);
}

UnreliableGets CredentialWatches::CountUnreliableGets() const {
  UnreliableGets unreliable;
  for (const PollTarget* const target : gets_) {
    if (target->failures.any()) ++unreliable.failing;
    if (!target->has_succeeded()) ++unreliable.untried;
  }
  return unreliable;
}

void CredentialWatches::AcquirePermit() {
  acquire_ = budget_->reads.AcquirePoll([this](Permit permit) {
    // Keeps the handle alive while its callback runs.
    const CallHandle granted = std::move(acquire_);
    OnPermit(std::move(permit));
    Plan();
  });
}

void CredentialWatches::OnPermit(Permit permit) {
  const absl::Time now = context_.event_loop.Now();
  if (breaker_.is_open()) {
    Probe(std::move(permit));
    return;
  }
  const double rate = budget_->reads.rate();
  const PollPlan plan = planner_.Next(targets_, CountUnreliableGets(), rate,
                                      now, context_.event_loop.WallNow());
  if (plan.get != nullptr) {
    if (plan.confirms) planner_.trust().OnConfirm(now, rate);
    Get(*plan.get, std::move(permit));
  } else if (plan.list != nullptr) {
    Fetch(*plan.list, std::move(permit));
  } else {
    permit.Release();
  }
}

void CredentialWatches::Probe(Permit permit) {
  const int64_t number = breaker_.probe_count();
  bool untried = false;
  PollTarget* const probe = NextProbe(&untried);
  if (probe == nullptr) {
    permit.Release();
    return;
  }
  breaker_.OnProbe(context_.event_loop.Now(), context_.random);
  PageMap::Page* const page = planner_.ProbePage();
  if (number % kProbesPerPage == kProbesPerPage - 1 && page != nullptr) {
    Fetch(*page, std::move(permit));
  } else {
    Get(*probe, std::move(permit));
  }
}

void CredentialWatches::Fetch(PageMap::Page& page, Permit permit) {
  ++context_.stats.lists;
  pages_.Fetch(page, PollContext(std::move(permit)));
}

CallContext CredentialWatches::PollContext(Permit permit) const {
  CallContext context;
  context.credential = credential_;
  // Failing polls have their own, slower backoff.
  context.retry_reads = false;
  context.permit = std::move(permit);
  return context;
}

void CredentialWatches::Get(PollTarget& target, Permit permit) {
  ++context_.stats.gets;
  gets_.insert(&target);
  target.requested_at = target.get_sent_at = context_.event_loop.Now();
  target.get =
      context_.client.Get(PollContext(std::move(permit)), target.watch.id(),
                          [this, &target](absl::StatusOr<v1::Prediction> got) {
                            CancelGet(target);
                            if (got.ok()) {
                              OnGot(target, *std::move(got));
                            } else {
                              OnGetFailed(target, got.status());
                            }
                            Plan();
                          });
}

void CredentialWatches::OnGot(PollTarget& target, v1::Prediction got) {
  const Instant observed = context_.event_loop.ThisInstant();
  target.succeeded_at = observed.now;
  CheckPageObservation(target, got, target.get_sent_at, observed);
  CheckWebhookBackoff(target, got, true);
  OnVerified(target, std::move(got), v1::SOURCE_GET, observed);
  context_.webhooks.RecordOwner(credential_->key(), target.watch.id());
}

void CredentialWatches::OnGetFailed(PollTarget& target,
                                    const absl::Status& status) {
  const absl::Time now = context_.event_loop.Now();
  const absl::Duration interval = target.watch.interval();
  const auto standing = target.standing();
  if (status.code() == absl::StatusCode::kUnauthenticated) {
    OnTokenRejected(status);
    return;
  }
  bool ends = false;
  const absl::Time grace_end =
      context_.recent_creates.GraceEnd(credential_->key(), target.watch.id());
  if (IsMissing(status) && target.get_sent_at < grace_end) {
    target.failures.OnMissing(grace_end, now, context_.random);
  } else if (IsTransient(status)) {
    // Starts now, since a poll that timed out has already taken long.
    target.failures.OnFailure(status, std::max(interval, absl::Seconds(1)),
                              std::max(interval, kMaxPollDelay), now,
                              breaker_.last_response(), context_.random);
    ends = target.failures.permanent();
  } else {
    ends = true;
  }
  if (ends) {
    OnUpstreamResponse();
    target.watch.Fail([&] { return status; });
    ScheduleErase();
    return;
  }
  OnPollFailed(target.watch.id(), standing, status, target.get_sent_at,
               interval);
}

// A poll failed without ending a wait.
void CredentialWatches::OnPollFailed(absl::string_view item,
                                     PollCircuitBreaker::Standing standing,
                                     const absl::Status& status,
                                     absl::Time requested_at,
                                     absl::Duration interval) {
  if (context_.on_poll_failed) context_.on_poll_failed(*credential_, status);
  if (!IsOutage(status)) {
    OnUpstreamResponse();
    return;
  }
  breaker_.OnFailure(item, standing, requested_at, context_.event_loop.Now(),
                     interval, context_.random);
  if (breaker_.is_open()) acquire_.reset();
}

// Any response shows that the upstream is up. Targets that failed during the
// outage are due again.
void CredentialWatches::OnUpstreamResponse() {
  if (breaker_.is_open()) {
    for (const auto& [id, target] : targets_) {
      target->failures.ResetBackoff(breaker_.since());
    }
  }
  breaker_.OnResponse(context_.event_loop.Now());
}

void CredentialWatches::OnTokenRejected(const absl::Status& status) {
  rejected_token_.Record(status);
  context_.cache.Evict(credential_->key());
  context_.webhooks.Evict(credential_->key());
  ForEachWatch(
      [&](PredictionWatch& watch) { watch.Fail([&] { return status; }); });
  ScheduleErase();
}

void CredentialWatches::Apply(PollTarget& target, v1::Prediction prediction,
                              v1::Source source, const Instant& observed) {
  if (target.seen()) {
    const absl::Duration spacing = observed.now - target.seen_at;
    context_.stats.staleness.Add(spacing);
    target.watch.set_spacing(spacing > target.interval() * kLateFactor
                                 ? spacing
                                 : target.webhook_backoff.interval());
    if (!target.webhook_backoff.active()) {
      average_spacing_ += (spacing - average_spacing_) * kSpacingGain;
    }
  }
  target.seen_at = observed.now;
  const SnapshotPtr before = target.watch.newest();
  if (CreatedAt(prediction) != absl::InfinitePast()) {
    target.created = CreatedAt(prediction);
  }
  const bool was_ended = target.watch.ended();
  target.watch.Apply(std::move(prediction), source, observed);
  if (before == nullptr ||
      before->revision != target.watch.newest()->revision) {
    target.state_since = observed.now;
  }
  if (was_ended || !target.watch.ended()) return;
  const v1::Prediction& ended = target.watch.newest()->prediction;
  ++context_.stats.ended;
  if (ended.has_updated_at()) {
    context_.stats.terminal_delay.Add(observed.wall - UpdatedAt(ended));
  }
  run_durations_.Add(ended);
  target.output_pending = false;
  context_.cache.Put(credential_->key(), target.watch.newest());
  ScheduleErase();
}

}  // namespace wriftai
