#ifndef WRIFTAI_UPSTREAM_WATCH_PREDICTION_WATCH_H_
#define WRIFTAI_UPSTREAM_WATCH_PREDICTION_WATCH_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/event_loop.h"
#include "upstream/watch/waiter.h"

namespace wriftai {

// The waiters of one prediction of one credential. Keeps the newest state, and
// notifies each waiter at its own interval. Waiters subscribe and unsubscribe
// independently. CredentialWatches does the polling.
//
// Waiters are notified in batches of kNotifyBatch, so that a large number does
// not block the loop. A newer state that arrives in between goes to the waiters
// not yet notified, and then to the others.
//
// Threads: loop. Owns: the waiters. The event loop and the observers must
// outlive it.
class PredictionWatch {
 public:
  // Waiters per batch. At about 10 us each, a batch takes 3 ms.
  static constexpr int kNotifyBatch = 256;

  // `known` is the initial snapshot; may be null. `next_waiter`: the next
  // waiter's key. It outlives the watch, so that no later waiter gets the key
  // of one that has ended, and whose owner may still unsubscribe it.
  PredictionWatch(std::string id, SnapshotPtr known, EventLoop& event_loop,
                  uint64_t& next_waiter);

  // Adds a waiter. If there is a snapshot, the waiter gets it in a separate
  // task on the loop. Returns the waiter's key for Unsubscribe().
  uint64_t Subscribe(const WatchOptions& options, PredictionObserver& observer);

  void Unsubscribe(uint64_t waiter);

  // Applies a state that was observed at `observed`, and notifies the waiters.
  // A terminal state ends the watch. Returns false, and does nothing, if the
  // state is older than the newest one. `early`: see Waiter::IsDue().
  bool Apply(v1::Prediction prediction, v1::Source source,
             const Instant& observed, bool early = false);

  // Ends every wait with an error. `status` is called once per wait.
  void Fail(const std::function<absl::Status()>& status);

  // The same while the prediction itself is fine. Waiters that have not
  // received any snapshot, or not the terminal one, get the newest one first.
  void Drain(const std::function<absl::Status()>& status);

  const std::string& id() const { return id_; }
  const SnapshotPtr& newest() const { return newest_; }
  bool ended() const;
  bool idle() const { return waiters_.empty(); }
  size_t waiter_count() const { return waiters_.size(); }

  // The shortest poll interval of the waiters; InfiniteDuration if there are
  // none.
  absl::Duration interval() const;

  // Sets the actual interval between polls, if it is longer than interval().
  void set_spacing(absl::Duration spacing) { spacing_ = spacing; }

  // `callback` runs after waiters were notified of `snapshot`, for a trace.
  using Notified =
      std::function<void(const Snapshot& snapshot, int64_t waiters)>;
  void set_on_notified(Notified callback) {
    on_notified_ = std::move(callback);
  }

 private:
  absl::Duration PollSpacing() const;
  void EndAll(const std::function<absl::Status()>& status, bool notify_first);
  void NotifyNewWaiter(uint64_t waiter);
  void NotifyNext();
  void NotifyOne(std::map<uint64_t, Waiter>::iterator waiter);
  void ReportNotified(const Snapshot& snapshot, int64_t waiters) const;
  void OnWaitTimeout(uint64_t waiter);
  Waiter Extract(std::map<uint64_t, Waiter>::iterator waiter);

  const std::string id_;
  EventLoop& event_loop_;

  std::map<uint64_t, Waiter> waiters_;
  std::multiset<absl::Duration> intervals_;  // Of the waiters.
  uint64_t& next_waiter_;
  SnapshotPtr newest_;
  absl::Duration spacing_;
  Notified on_notified_;  // May be empty.

  // The notification round in progress: the next waiter, and whether a new
  // round must follow.
  TimerHandle notifying_;
  uint64_t next_notified_ = 0;
  bool notify_again_ = false;
  bool early_ = false;  // Only changes of status are due in it.
  // Pending first notifications, one timer each, canceled by Unsubscribe().
  std::map<uint64_t, TimerHandle> new_waiters_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_PREDICTION_WATCH_H_
