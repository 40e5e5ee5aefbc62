#ifndef WRIFTAI_UPSTREAM_BUDGET_BUDGET_H_
#define WRIFTAI_UPSTREAM_BUDGET_BUDGET_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/call.h"
#include "base/event_loop.h"
#include "upstream/budget/grant_guard.h"
#include "upstream/budget/permit.h"
#include "upstream/budget/priority.h"
#include "upstream/budget/rate_limit_model.h"

namespace wriftai {

// Statistics of one bucket of a credential. Counters start with the bucket.
struct BudgetStats {
  double rate = 0;                  // Requests per second of all consumers.
  double own_rate = 0;              // This replica's share of `rate`.
  int64_t limit = 0;                // Requests per window.
  int64_t used = 0;                 // In the current window, by all consumers.
  int64_t reserved_for_others = 0;  // For other consumers of the token.
  int64_t outstanding = 0;          // Sent, no response yet.
  int64_t queued = 0;               // Calls waiting for a permit.
  int64_t calls = 0;                // Sent for callers.
  int64_t polls = 0;                // Sent for polls.
  int64_t rejected = 0;             // Calls without a permit in time.
  int64_t limited_by_self = 0;      // 429s caused by this replica alone.
  int64_t limited_by_others = 0;    // 429s that other consumers contributed to.
};

// Rate limiter of one bucket (reads, or creates) of one credential. Calls go
// first, ordered by deadline. Polls use the remaining capacity, in evenly
// spaced slots of the window, so a call can go at nearly any moment. If calls
// alone would use up the budget, a poll goes first once it has waited for
// kPollPatience requests: no waiter starves.
//
// Threads: loop. Owns: waiting calls, the timer. EventLoop must outlive it; it
// must outlive its permits and handles. Fails: through `granted`.
class Budget {
 public:
  using Granted = absl::AnyInvocable<void(absl::StatusOr<Permit>)>;
  using PollGranted = absl::AnyInvocable<void(Permit)>;

  // Maximum time that a call waits for a permit, whatever its deadline: as long
  // as one attempt of a read may take by default. This also bounds the queue.
  static constexpr absl::Duration kMaxQueueTime = absl::Seconds(30);

  // A poll goes before waiting calls after the time of this many requests.
  static constexpr double kPollPatience = 4;

  // How long a request without a response counts against each window. After
  // that it has certainly arrived in one of them. Without this bound, a few
  // hanging requests would use up every window until their timeout.
  static constexpr absl::Duration kMaxTransit = absl::Seconds(2);

  // First pause of the bucket after a poll's 429 that has only Retry-After. The
  // limit may apply to the polled resource alone, which backs off separately.
  // Each consecutive 429 doubles the pause, up to Retry-After, since several
  // predictions may be limited at once. If another request succeeded meanwhile,
  // the limit did not apply to the token: for kResourceLimitWindow, such a 429
  // pauses nothing, unless it follows another 429.
  static constexpr absl::Duration kFirstPollPause = absl::Seconds(1);
  static constexpr absl::Duration kResourceLimitWindow = absl::Minutes(1);

  // `rate`, `share`: see RateLimitModel. `guard` is asked before each grant,
  // and must outlive this. Null: permits are always allowed.
  Budget(double rate, EventLoop& event_loop, double share = 1,
         const GrantGuard* guard = nullptr);
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  // Grants no permit before `when`.
  void Pause(absl::Time when) { model_.Pause(when); }

  // The guard's answer has changed: permits may be granted again, or the
  // waiting calls end with its error, both from the loop.
  void OnGuardChanged() { ScheduleDispatch(); }

  // A permit if one is available now. nullopt: use Acquire() or AcquirePoll().
  std::optional<Permit> TryAcquire(Priority priority);

  // Waits for a permit for a call. `granted` runs on the loop, once, after this
  // returns, and never after the handle is destroyed. Fails at once with
  // RESOURCE_EXHAUSTED (BUDGET_EXHAUSTED, RetryInfo) if no permit is expected
  // by `deadline` or within kMaxQueueTime. Fails with DEADLINE_EXCEEDED if a
  // permit was expected but did not become available. Fails with the guard's
  // error, at once or while it waits.
  [[nodiscard]] CallHandle Acquire(absl::Time deadline, Granted granted);

  // Waits for a permit for a poll. At most one at a time. `granted` as above.
  [[nodiscard]] CallHandle AcquirePoll(PollGranted granted);

  // Requests that may go although nothing is due: with Priority::kSpare, which
  // TryAcquire() grants only from them, and while nothing else waits.
  SpareRequests Spare();

  // When a permit for a poll is expected if no call goes first.
  absl::Time NextPollAt() { return PollEarliest(event_loop_.Now()); }

  // This replica's share, in requests per second.
  double rate() const { return model_.own_rate(); }

  BudgetStats stats();

 private:
  friend class Permit;
  class Waiter;
  // Deadline, then order of arrival.
  using Key = std::pair<absl::Time, uint64_t>;

  void OnResponse(uint64_t request, RateLimit rate, bool limited,
                  Priority priority);
  absl::Duration PollPause(absl::Time now, absl::Duration delay);
  void OnReleased(uint64_t request, Priority priority);
  void OnLost(uint64_t request);
  void DropOverdue();

  CallHandle Reject(absl::Status status, Granted granted);
  absl::StatusOr<absl::Time> GrantsFrom() const;
  bool MayGrant() const;
  int64_t QueuedBefore(absl::Time deadline) const;
  Permit Grant(Priority priority);
  int64_t& SentCount(Priority priority);
  void ScheduleDispatch();
  void Dispatch();
  bool GrantNext();
  void DropExpired();
  void EndCalls(const absl::Status& status);
  // When the waiting poll goes before calls. InfiniteFuture while no call was
  // sent since it started to wait.
  absl::Time PollTurn() const;
  absl::Time PollEarliest(absl::Time now);

  EventLoop& event_loop_;
  const GrantGuard* const guard_;
  RateLimitModel model_;
  std::map<Key, Waiter*> calls_;
  uint64_t next_age_ = 0;
  Waiter* poll_ = nullptr;
  absl::Time poll_since_;
  bool call_since_poll_ = false;
  int consecutive_429s_ = 0;
  // The last 429 of a poll that had only Retry-After: when it arrived, and
  // until when it asked to wait.
  absl::Time poll_limited_at_ = absl::InfinitePast();
  absl::Time poll_limited_until_ = absl::InfinitePast();
  absl::Time resource_limits_until_ = absl::InfinitePast();
  TimerHandle dispatch_;
  BudgetStats counts_;

  // Requests without a response, sent within kMaxTransit. Ordered by number and
  // so by time.
  std::map<uint64_t, absl::Time> sent_;
  uint64_t next_request_ = 0;
  int64_t overdue_ = 0;  // Requests without a response, sent earlier.
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_BUDGET_BUDGET_H_
