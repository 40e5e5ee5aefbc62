#ifndef WRIFTAI_UPSTREAM_WATCH_PREDICTION_OBSERVER_H_
#define WRIFTAI_UPSTREAM_WATCH_PREDICTION_OBSERVER_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "upstream/watch/snapshot.h"

namespace wriftai {

// One waiter's end of a watch.
//
// Threads: called on the loop, never inside Subscribe(). Both calls may drop
// any Subscription, their own included; after that, and after the last call
// (a terminal snapshot, or OnError), nothing comes.
class PredictionObserver {
 public:
  virtual ~PredictionObserver() = default;

  // `interval`: how often the upstream is asked for this waiter now.
  virtual void OnSnapshot(const SnapshotPtr& snapshot,
                          absl::Duration interval) = 0;

  // The wait ends without the prediction's end. Never OK.
  virtual void OnError(const absl::Status& status) = 0;
};

// The reason of the error that ends a wait whose waiter comes back.
inline constexpr char kStreamAgeReached[] = "STREAM_AGE_REACHED";

// How a waiter wants to be told.
struct WatchOptions {
  absl::Duration poll_interval = absl::Seconds(1);
  bool only_changes = false;

  // On EventLoop::Now()'s clock: when the wait ends for lack of patience.
  absl::Time end_at = absl::InfiniteFuture();

  // Whether it is not patience that ends then but the stream that carries the
  // wait: the waiter is to come back at once, on another one.
  bool comes_back = false;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_PREDICTION_OBSERVER_H_
