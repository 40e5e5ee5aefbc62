#ifndef WRIFTAI_UPSTREAM_WATCH_PREDICTION_OBSERVER_H_
#define WRIFTAI_UPSTREAM_WATCH_PREDICTION_OBSERVER_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "upstream/watch/snapshot.h"

namespace wriftai {

// Receives the updates of one subscription.
//
// Threads: called on the loop, never inside Subscribe(). Both methods may
// destroy any Subscription, including their own. After that, and after the last
// call (a terminal snapshot or OnError()), there are no further calls.
class PredictionObserver {
 public:
  virtual ~PredictionObserver() = default;

  // `interval`: the poll interval in effect for this waiter.
  virtual void OnSnapshot(const SnapshotPtr& snapshot,
                          absl::Duration interval) = 0;

  // The wait ends before the prediction does. `status` is never OK.
  virtual void OnError(const absl::Status& status) = 0;
};

// When a waiter is notified, and for how long.
struct WatchOptions {
  absl::Duration poll_interval = absl::Seconds(1);
  bool only_changes = false;

  // When the wait times out, on EventLoop::Now()'s clock.
  absl::Time end_at = absl::InfiniteFuture();

  // Whether `end_at` is the maximum age of the stream rather than the maximum
  // wait. The client should then wait again at once, on a new stream.
  bool stream_age_limited = false;

  // When the prediction was created, by the upstream's clock, if the caller
  // knows it: its first poll can then be of a page. InfinitePast: unknown.
  absl::Time created = absl::InfinitePast();
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_PREDICTION_OBSERVER_H_
