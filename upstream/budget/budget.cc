#include "upstream/budget/budget.h"

#include <algorithm>
#include <cassert>
#include <iterator>

#include "upstream/error_details.h"

namespace wriftai {
namespace {

// Maximum permits granted before the loop looks at its sockets again.
constexpr int kMaxGrantsAtOnce = 64;

absl::Status Exhausted(absl::Duration until) {
  absl::Status status =
      GatewayError(absl::StatusCode::kResourceExhausted, v1::BUDGET_EXHAUSTED,
                   "the rate limit of this token is exhausted until after the "
                   "call's deadline");
  SetRetryDelay(until, status);
  return status;
}

}  // namespace

// A call or poll waiting for a permit. It is the caller's handle.
class Budget::Waiter : public Call {
 public:
  Waiter(Budget& budget, Key key, Granted granted)
      : budget_(budget), key_(key), granted_(std::move(granted)) {}

  Waiter(Budget& budget, PollGranted granted)
      : budget_(budget),
        granted_([granted = std::move(granted)](
                     absl::StatusOr<Permit> permit) mutable {
          granted(*std::move(permit));
        }) {}

  ~Waiter() override { Leave(); }

  // May destroy this.
  void Finish(absl::StatusOr<Permit> result) {
    Leave();
    Granted granted = std::move(granted_);
    granted(std::move(result));
  }

  // Finishes from the loop. For a call that was never queued.
  void FinishAsync(absl::Status status) {
    later_ = budget_.event_loop_.RunAt(
        budget_.event_loop_.Now(),
        [this, status = std::move(status)] { Finish(status); });
  }

 private:
  void Leave() {
    if (budget_.poll_ == this) budget_.poll_ = nullptr;
    const auto found = budget_.calls_.find(key_);
    if (found != budget_.calls_.end() && found->second == this) {
      budget_.calls_.erase(found);
    }
  }

  Budget& budget_;
  const Key key_;
  Granted granted_;
  TimerHandle later_;
};

Budget::Budget(double rate, EventLoop& event_loop, double share,
               const GrantGuard* guard)
    : event_loop_(event_loop), guard_(guard), model_(rate, share) {}

absl::StatusOr<absl::Time> Budget::GrantsFrom() const {
  if (guard_ == nullptr) return absl::InfinitePast();
  return guard_->GrantsFrom();
}

// Reads the clock, since the process may have been stopped since any earlier
// check.
bool Budget::MayGrant() const {
  const absl::StatusOr<absl::Time> from = GrantsFrom();
  return from.ok() && *from <= event_loop_.Now();
}

std::optional<Permit> Budget::TryAcquire(Priority priority) {
  DropOverdue();
  const absl::Time now = event_loop_.Now();
  if (!calls_.empty() || PollTurn() <= now ||
      model_.Earliest(priority, now) > now || !MayGrant()) {
    return std::nullopt;
  }
  if (priority == Priority::kSpare) {
    const SpareRequests spare = model_.Spare(now);
    if (poll_ != nullptr || spare.count + spare.left_free <= 0) {
      return std::nullopt;
    }
  }
  return Grant(priority);
}

SpareRequests Budget::Spare() {
  DropOverdue();
  return model_.Spare(event_loop_.Now());
}

CallHandle Budget::Acquire(absl::Time deadline, Granted granted) {
  assert(event_loop_.OnLoopThread());
  DropOverdue();
  const absl::Time now = event_loop_.Now();
  const absl::StatusOr<absl::Time> from = GrantsFrom();
  if (!from.ok()) return Reject(from.status(), std::move(granted));
  const absl::Time reached =
      std::max(*from, model_.EarliestBehind(QueuedBefore(deadline), now));
  if (reached > std::min(deadline, now + kMaxQueueTime)) {
    return Reject(Exhausted(reached - now), std::move(granted));
  }
  const Key key{deadline, next_age_++};
  auto waiter = std::make_unique<Waiter>(*this, key, std::move(granted));
  calls_[key] = waiter.get();
  ScheduleDispatch();
  return waiter;
}

CallHandle Budget::AcquirePoll(PollGranted granted) {
  assert(event_loop_.OnLoopThread());
  assert(poll_ == nullptr);
  auto waiter = std::make_unique<Waiter>(*this, std::move(granted));
  poll_ = waiter.get();
  poll_since_ = event_loop_.Now();
  call_since_poll_ = false;
  ScheduleDispatch();
  return waiter;
}

CallHandle Budget::Reject(absl::Status status, Granted granted) {
  ++counts_.rejected;
  auto waiter = std::make_unique<Waiter>(
      *this, Key{absl::InfiniteFuture(), next_age_++}, std::move(granted));
  waiter->FinishAsync(std::move(status));
  return waiter;
}

// The number of waiting calls that go before one with that deadline.
int64_t Budget::QueuedBefore(absl::Time deadline) const {
  return std::distance(calls_.begin(),
                       calls_.lower_bound({deadline, next_age_}));
}

absl::Time Budget::PollTurn() const {
  return poll_ == nullptr || !call_since_poll_
             ? absl::InfiniteFuture()
             : poll_since_ + absl::Seconds(kPollPatience / rate());
}

absl::Time Budget::PollEarliest(absl::Time now) {
  return model_.Earliest(PollTurn() <= now ? Priority::kCall : Priority::kPoll,
                         now);
}

// Of the requests sent, those of that priority.
int64_t& Budget::SentCount(Priority priority) {
  return priority == Priority::kCall ? counts_.calls : counts_.polls;
}

Permit Budget::Grant(Priority priority) {
  const absl::Time now = event_loop_.Now();
  model_.OnSent(now);
  ++SentCount(priority);
  if (priority == Priority::kCall) call_since_poll_ = true;
  sent_.emplace_hint(sent_.end(), next_request_, now);
  return Permit(*this, next_request_++, priority);
}

void Budget::ScheduleDispatch() {
  if (calls_.empty() && poll_ == nullptr) {
    dispatch_.reset();
    return;
  }
  DropOverdue();
  const absl::Time now = event_loop_.Now();
  absl::Time when = absl::InfiniteFuture();
  if (poll_ != nullptr) when = PollEarliest(now);
  // PollEarliest() already accounts for a PollTurn() in the past.
  if (PollTurn() > now) when = std::min(when, PollTurn());
  if (!calls_.empty()) {
    when = std::min(when, model_.Earliest(Priority::kCall, now));
  }
  const absl::StatusOr<absl::Time> from = GrantsFrom();
  if (from.ok()) {
    when = std::max(when, *from);
  } else {
    when = calls_.empty() ? absl::InfiniteFuture() : now;
  }
  if (!calls_.empty()) {
    when = std::min(when, std::max(now, calls_.begin()->first.first));
  }
  if (when == absl::InfiniteFuture()) {
    dispatch_.reset();
    return;
  }
  dispatch_ = event_loop_.RunAt(when, [this] { Dispatch(); });
}

void Budget::Dispatch() {
  DropExpired();
  for (int i = 0; i < kMaxGrantsAtOnce && GrantNext(); ++i) {
  }
  ScheduleDispatch();
}

// Whether there was a permit to grant now. Looks at everything again for each:
// its holder may change the queue and the model.
bool Budget::GrantNext() {
  const absl::Time now = event_loop_.Now();
  const absl::StatusOr<absl::Time> from = GrantsFrom();
  if (!from.ok()) EndCalls(from.status());
  if (!from.ok() || *from > now) return false;
  const bool poll_first = PollTurn() <= now;
  const bool poll_may = poll_ != nullptr && PollEarliest(now) <= now;
  const bool call_may = !calls_.empty() && !(poll_first && poll_may) &&
                        model_.Earliest(Priority::kCall, now) <= now;
  if (call_may) {
    calls_.begin()->second->Finish(Grant(Priority::kCall));
  } else if (poll_may) {
    poll_->Finish(Grant(Priority::kPoll));
  }
  return call_may || poll_may;
}

void Budget::DropExpired() {
  while (!calls_.empty() && calls_.begin()->first.first <= event_loop_.Now()) {
    calls_.begin()->second->Finish(
        GatewayError(absl::StatusCode::kDeadlineExceeded, v1::DEADLINE_EXCEEDED,
                     "the deadline passed before the call was sent"));
  }
}

void Budget::EndCalls(const absl::Status& status) {
  while (!calls_.empty()) calls_.begin()->second->Finish(status);
}

void Budget::OnResponse(uint64_t request, RateLimit rate, bool limited,
                        Priority priority) {
  const absl::Time now = event_loop_.Now();
  if (limited && priority != Priority::kCall && rate.reset_is_retry_after) {
    rate.reset_after = rate.retry_after = PollPause(now, *rate.reset_after);
  }
  consecutive_429s_ = limited ? consecutive_429s_ + 1 : 0;
  const auto sent = sent_.find(request);
  if (sent == sent_.end()) {
    --overdue_;
    model_.OnLateResponse(now, rate);
    if (limited) {
      ++counts_.limited_by_self;
      Pause(now + rate.reset_after.value_or(absl::ZeroDuration()));
    }
    ScheduleDispatch();
    return;
  }
  if (!limited && sent->second > poll_limited_at_ &&
      now < poll_limited_until_) {
    resource_limits_until_ = now + kResourceLimitWindow;
  }
  model_.OnRoundTrip(now - sent->second);
  sent_.erase(sent);
  if (limited && rate.reset_is_retry_after &&
      rate.reset_after == absl::ZeroDuration()) {
    // Not a limit of the token, so the model does not slow down.
    ++counts_.limited_by_others;
    model_.OnResponse(now, RateLimit());
  } else if (limited) {
    ++(model_.OnLimited(now, rate) ? counts_.limited_by_others
                                   : counts_.limited_by_self);
  } else {
    model_.OnResponse(now, rate);
  }
  ScheduleDispatch();
}

// How long to pause the bucket after a poll's 429 that has only Retry-After, of
// `delay`.
absl::Duration Budget::PollPause(absl::Time now, absl::Duration delay) {
  poll_limited_at_ = now;
  poll_limited_until_ = now + delay;
  if (consecutive_429s_ == 0 && now < resource_limits_until_) {
    return absl::ZeroDuration();
  }
  absl::Duration pause = kFirstPollPause;
  for (int i = 0; i < consecutive_429s_ && pause < delay; ++i) pause *= 2;
  return std::min(delay, pause);
}

void Budget::OnReleased(uint64_t request, Priority priority) {
  --SentCount(priority);
  if (sent_.erase(request) > 0) {
    model_.OnReleased(event_loop_.Now());
  } else {
    --overdue_;
  }
  ScheduleDispatch();
}

void Budget::OnLost(uint64_t request) {
  if (sent_.erase(request) > 0) {
    model_.OnLost();
  } else {
    --overdue_;
  }
  ScheduleDispatch();
}

void Budget::DropOverdue() {
  const absl::Time before = event_loop_.Now() - kMaxTransit;
  while (!sent_.empty() && sent_.begin()->second <= before) {
    sent_.erase(sent_.begin());
    ++overdue_;
    model_.OnLost();
  }
}

BudgetStats Budget::stats() {
  DropOverdue();
  BudgetStats stats = counts_;
  const absl::Time now = event_loop_.Now();
  stats.rate = model_.rate();
  stats.own_rate = model_.own_rate();
  stats.limit = model_.limit();
  stats.used = model_.Used(now);
  stats.reserved_for_others = model_.others();
  stats.outstanding = model_.outstanding() + overdue_;
  stats.queued = static_cast<int64_t>(calls_.size());
  return stats;
}

}  // namespace wriftai
