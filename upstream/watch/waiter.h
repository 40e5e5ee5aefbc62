#ifndef WRIFTAI_UPSTREAM_WATCH_WAITER_H_
#define WRIFTAI_UPSTREAM_WATCH_WAITER_H_

#include "absl/time/time.h"
#include "base/event_loop.h"
#include "upstream/watch/prediction_observer.h"

namespace wriftai {

// One waiter of a watch: what it has been told, and whether a snapshot is due
// to it.
//
// Threads: loop. `observer` must outlive this. Owns: the timer of its end.
class Waiter {
 public:
  Waiter(const WatchOptions& options, PredictionObserver& observer)
      : options_(options), observer_(observer) {}

  absl::Duration poll_interval() const { return options_.poll_interval; }
  absl::Time end_at() const { return options_.end_at; }
  bool comes_back() const { return options_.comes_back; }
  void set_end_timer(TimerHandle timer) { end_timer_ = std::move(timer); }

  // Whether it has been told anything.
  bool notified() const { return notified_ != nullptr; }

  // Whether `snapshot`, which came at `now`, goes to this waiter: the first, a
  // change of status and the end always; else as the options ask. With
  // `polled_every` the upstream is asked now: a waiter whose interval is longer
  // gets the poll result nearest to it.
  bool IsDue(const Snapshot& snapshot, absl::Time now,
             absl::Duration polled_every) const;

  // Tells it. May destroy this.
  void Notify(const SnapshotPtr& snapshot, absl::Time now,
              absl::Duration polled_every);

  // Ends it. May destroy this.
  void Fail(const absl::Status& status) { observer_.OnError(status); }

 private:
  const WatchOptions options_;
  PredictionObserver& observer_;
  TimerHandle end_timer_;

  SnapshotPtr notified_;
  absl::Time notified_at_ = absl::InfinitePast();
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_WAITER_H_
