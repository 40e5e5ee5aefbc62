#ifndef WRIFTAI_UPSTREAM_BUDGET_BUDGET_H_
#define WRIFTAI_UPSTREAM_BUDGET_BUDGET_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/call.h"
#include "base/event_loop.h"
#include "upstream/budget/permit.h"
#include "upstream/budget/rate_limit_model.h"

namespace wriftai {

// What one bucket of a credential has seen and done; all counts since it began.
struct BudgetStats {
  double rate = 0;                // Requests per second, of all consumers.
  double own_rate = 0;            // Of them, those of this replica's share.
  int64_t limit = 0;              // Requests in a window.
  int64_t used = 0;               // Of the current window, by us and by others.
  int64_t for_others = 0;         // Left to other consumers of the token.
  int64_t outstanding = 0;        // Sent, not answered.
  int64_t queued = 0;             // Calls that wait.
  int64_t calls = 0;              // Sent for callers.
  int64_t polls = 0;              // Sent for polls.
  int64_t refused = 0;            // Calls that could not be reached in time.
  int64_t limited_by_self = 0;    // 429s that are our own doing.
  int64_t limited_by_others = 0;  // 429s in which others had a part.
};

// Who may send next, and when: one bucket (reads, or creates) of one
// credential. Calls go first, in the order of their deadlines; what they leave
// goes to polls, which keep to their places in the window, so that a call finds
// room at nearly any moment. While calls alone would use up the budget, a poll
// that has waited for kPollPatience requests goes before them: no waiter
// starves.
//
// Threads: loop. Owns: the calls that wait, the timer. EventLoop must outlive
// it; it must outlive its permits and handles. Fails: through `granted`.
class Budget {
 public:
  using Granted = absl::AnyInvocable<void(absl::StatusOr<Permit>)>;
  using PollGranted = absl::AnyInvocable<void(Permit)>;

  // How long a call is kept waiting at the most, whatever its deadline: as long
  // as one attempt of a read may take by default. It bounds the queue, too.
  static constexpr absl::Duration kMaxQueueing = absl::Seconds(30);

  static constexpr double kPollPatience = 4;

  // A request without a response counts for the windows of so long: after that
  // it has surely arrived, in one of them. Else a few that hang until their
  // timeout would take up all windows until then.
  static constexpr absl::Duration kMaxTransit = absl::Seconds(2);

  // How long a poll's 429 with nothing but Retry-After pauses at first: it may
  // be about what the poll asked for, which backs off by itself. Each further
  // 429 in a row doubles that, up to what it says: several predictions may be
  // limited at once, and a limit of the token costs a few requests more. Where
  // something else was let through meanwhile, it was not about the token: for
  // kOwnLimitsFor such a 429 pauses nothing, unless it is one more in a row.
  static constexpr absl::Duration kFirstPollPause = absl::Seconds(1);
  static constexpr absl::Duration kOwnLimitsFor = absl::Minutes(1);

  // `rate`, `share`: see RateLimitModel.
  Budget(double rate, EventLoop& event_loop, double share = 1);
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  // Grants nothing before `when`.
  void Pause(absl::Time when) { model_.Pause(when); }

  // A permit that can be had this instant, for a call. Nothing: Acquire().
  std::optional<Permit> TryAcquire();

  // Waits for a permit for a call. `granted` runs on the loop, once, never
  // before this returns, and not at all once the handle has been destroyed.
  // RESOURCE_EXHAUSTED (BUDGET_EXHAUSTED, RetryInfo), without waiting, where
  // the budget does not reach the call by `deadline` or kMaxQueueing;
  // DEADLINE_EXCEEDED where it reckoned to and then did not.
  [[nodiscard]] CallHandle Acquire(absl::Time deadline, Granted granted);

  // Waits for a permit for a poll. One at a time; `granted` as above.
  [[nodiscard]] CallHandle AcquirePoll(PollGranted granted);

  // Requests per second that are ours.
  double rate() const { return model_.own_rate(); }

  BudgetStats stats();

 private:
  friend class Permit;
  class Waiting;
  // By deadline, then by age.
  using Key = std::pair<absl::Time, uint64_t>;

  void OnResponse(uint64_t request, RateLimit rate, bool limited, bool is_poll);
  absl::Duration PollPause(absl::Time now, absl::Duration delay);
  void OnReleased(uint64_t request, bool is_poll);
  void OnLost(uint64_t request);
  void DropOverdue();

  CallHandle Refuse(absl::Time when, Granted granted);
  int64_t Ahead(absl::Time deadline) const;
  Permit Grant(bool is_poll);
  void ScheduleDispatch();
  void Dispatch();
  void DropExpired();
  // When a poll goes before the calls that wait; never while there are none.
  absl::Time PollTurn() const;
  absl::Time PollEarliest(absl::Time now);

  EventLoop& event_loop_;
  RateLimitModel model_;
  std::map<Key, Waiting*> calls_;
  uint64_t next_age_ = 0;
  Waiting* poll_ = nullptr;
  absl::Time poll_since_;
  bool call_since_poll_ = false;
  int limited_in_a_row_ = 0;  // The last responses that were 429s.
  // The last poll's 429 that had only Retry-After: when, and what it asked for.
  absl::Time poll_limited_at_ = absl::InfinitePast();
  absl::Time poll_limited_until_ = absl::InfinitePast();
  absl::Time own_limits_until_ = absl::InfinitePast();
  TimerHandle dispatch_;
  BudgetStats counts_;

  // Sent, not answered, and not yet overdue; by number, and so by time.
  std::map<uint64_t, absl::Time> sent_;
  uint64_t next_request_ = 0;
  int64_t overdue_ = 0;  // Sent longer ago, not answered.
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_BUDGET_BUDGET_H_
