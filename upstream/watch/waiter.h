#ifndef WRIFTAI_UPSTREAM_WATCH_WAITER_H_
#define WRIFTAI_UPSTREAM_WATCH_WAITER_H_

#include "absl/time/time.h"
#include "base/event_loop.h"
#include "upstream/watch/prediction_observer.h"

namespace wriftai {

// One waiter of a watch: its last notification, and whether a snapshot is due.
//
// Threads: loop. `observer` must outlive it. Owns: the timer of its timeout.
class Waiter {
 public:
  Waiter(const WatchOptions& options, PredictionObserver& observer)
      : options_(options), observer_(observer) {}

  absl::Duration poll_interval() const { return options_.poll_interval; }
  absl::Time end_at() const { return options_.end_at; }
  bool stream_age_limited() const { return options_.stream_age_limited; }
  void set_end_timer(TimerHandle timer) { end_timer_ = std::move(timer); }

  // Whether it has received any snapshot.
  bool notified() const { return notified_ != nullptr; }

  // Whether `snapshot`, observed at `now`, is due. The first snapshot, a change
  // of status and the end always are; others depend on the options. The
  // upstream is polled every `poll_spacing`; a waiter with a longer interval
  // gets the poll result nearest to it. `early`: no interval asked for this
  // poll yet, so only changes of status are due.
  bool IsDue(const Snapshot& snapshot, absl::Time now,
             absl::Duration poll_spacing, bool early) const;

  // Passes `snapshot` to the observer. May destroy this.
  void Notify(const SnapshotPtr& snapshot, absl::Time now,
              absl::Duration poll_spacing);

  // Ends the wait with an error. May destroy this.
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
