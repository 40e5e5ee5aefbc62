#ifndef WRIFTAI_UPSTREAM_WATCH_POLL_QUEUE_H_
#define WRIFTAI_UPSTREAM_WATCH_POLL_QUEUE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "base/event_loop.h"
#include "upstream/watch/model_run_durations.h"
#include "upstream/watch/poll_target.h"

namespace wriftai {

// The targets of one credential in the orders in which PollPlanner needs them.
// With n targets, each question takes O(log n + g): g is the number of
// different poll intervals among the due ones.
//
// Whatever may move a target forward in an order must be followed by
// OnChanged(). What moves it back is noticed when it comes to the front. What
// time alone changes, such as whether a prediction nears its end, is noticed
// there, too, and by Refresh().
//
// Threads: loop. The targets and the run durations must outlive it. Fails:
// never.
class PollQueue {
 public:
  // Targets that Refresh() looks at: all of them, with so few. They cost as
  // much as the rest of a plan.
  static constexpr int kRefreshed = 64;

  // Which targets may get GETs now.
  struct Allowed {
    bool failing = true;  // Those whose last GET failed.
    bool untried = true;  // Those without a successful GET so far.
  };

  // The due target of each kind that comes first; null if none exists.
  struct Due {
    PollTarget* retry = nullptr;   // The earliest end of a backoff.
    PollTarget* output = nullptr;  // The earliest end.
    PollTarget* unseen = nullptr;  // Added first.
    PollTarget* seen = nullptr;    // The stalest relative to its interval.
    double staleness = 0;          // Of `seen`.
  };

  PollQueue(PollTargets& targets, const ModelRunDurations& run_durations)
      : targets_(targets), run_durations_(run_durations) {}
  PollQueue(const PollQueue&) = delete;
  PollQueue& operator=(const PollQueue&) = delete;

  void OnChanged(PollTarget& target);
  void OnAllChanged();
  // Call before `target` is destroyed.
  void Remove(PollTarget& target);

  // Looks at the next kRefreshed targets, in a circle.
  void Refresh(const Instant& now);

  // When the first target is due; at most `now` if one is due already.
  absl::Time NextDue(Allowed allowed, const Instant& now);

  Due FindDue(Allowed allowed, const Instant& now);

  // The target whose state on pages a GET should confirm, by how long it has
  // been without a GET. That counts `overdue_factor` times for one that should
  // have ended. Null if all had one within `min_unverified`.
  PollTarget* FindToConfirm(absl::Duration min_unverified,
                            double overdue_factor, const Instant& now);

  // Requests per second that the waiters ask for.
  double demand() const;

  using Visit = absl::FunctionRef<bool(PollTarget&)>;

  // Visits targets created before `newer`, but not before `oldest`, newest
  // first, until `visit` returns false.
  void VisitCreated(absl::Time newer, absl::Time oldest, Visit visit);
  // The same for targets of unknown creation time that were added after
  // `since`.
  void VisitUnlisted(absl::Time since, Visit visit);

 private:
  struct Entry {
    absl::Time key;
    PollTarget* target;
  };
  // By key; then the one that was added first.
  struct Before {
    using is_transparent = void;
    bool operator()(const Entry& a, const Entry& b) const;
    bool operator()(const Entry& a, absl::Time key) const {
      return a.key < key;
    }
    bool operator()(absl::Time key, const Entry& b) const {
      return key < b.key;
    }
  };
  using Order = std::set<Entry, Before>;
  using Kind = PollPosition::Kind;
  using Gets = PollPosition::Gets;
  static constexpr size_t kGets = 3;

  PollPosition PositionOf(const PollTarget& target, const Instant& now) const;
  bool Place(PollTarget& target, const Instant& now);
  bool Set(PollTarget& target, const PollPosition& position);
  Order& PollsAt(const PollPosition& position);
  void PlaceChanged(const Instant& now);
  PollTarget* First(Order& order, const Instant& now);
  PollTarget* First(std::array<Order, kGets>& orders, Allowed allowed,
                    const Instant& now);
  void FindSeen(Allowed allowed, const Instant& now, Due& due);
  bool AllReported(const Instant& now) const;
  static bool IsAllowed(Gets gets, Allowed allowed);

  PollTargets& targets_;
  const ModelRunDurations& run_durations_;

  std::array<Order, kGets> waiting_;
  std::array<Order, kGets> retries_;
  std::array<Order, kGets> outputs_;
  std::array<Order, kGets> unseen_;
  std::map<std::pair<absl::Duration, Gets>, Order> seen_;  // By interval.
  std::array<Order, 2> confirmable_;         // The overdue ones are second.
  Order listed_;                             // By creation time.
  std::map<absl::Duration, int64_t> asked_;  // Targets by interval.
  std::set<PollTarget*> changed_;
  std::string refreshed_;  // The last one that Refresh() looked at.
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_POLL_QUEUE_H_
