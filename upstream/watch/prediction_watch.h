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

// One prediction of one credential as its waiters see it: keeps the newest
// state, and tells each waiter at its own interval. It belongs to no waiter:
// each comes and goes freely. What is asked of the upstream, and when, is not
// its business (see CredentialWatches).
//
// A crowd is told in batches of kNotifyBatch, so that nothing else waits for
// its end; a newer state that comes meanwhile goes to those not yet told, and
// then to the others.
//
// Threads: loop. Owns: the waiters. EventLoop and the observers must outlive
// it.
class PredictionWatch {
 public:
  // Told at once; at some 10 us each they hold the loop for 3 ms.
  static constexpr int kNotifyBatch = 256;

  // `known`: what is known already; may be null.
  PredictionWatch(std::string id, SnapshotPtr known, EventLoop& event_loop);

  // Adds a waiter; the newest snapshot, where there is one, is told to it from
  // the loop right after. Returns its key for Unsubscribe().
  uint64_t Subscribe(const WatchOptions& options, PredictionObserver& observer);

  void Unsubscribe(uint64_t waiter);

  // Something was learnt of the prediction, by whatever way; `learnt` is when.
  // False, and nothing is told, where it would lead backwards. A terminal one
  // ends the watch.
  bool Apply(v1::Prediction prediction, v1::Source source,
             const Instant& learnt);

  // Ends the watch for all, each with what `status` gives for it.
  void Fail(const std::function<absl::Status()>& status);

  // The same, where nothing is wrong with the prediction: whoever has been told
  // nothing yet, or not the end, is told what is known before.
  void Drain(const std::function<absl::Status()>& status);

  const std::string& id() const { return id_; }
  const SnapshotPtr& newest() const { return newest_; }
  bool ended() const;
  bool idle() const { return waiters_.empty(); }
  size_t waiter_count() const { return waiters_.size(); }

  // How often the most eager waiter wants the upstream to be asked;
  // InfiniteDuration without waiters.
  absl::Duration interval() const;

  // How often the upstream is really asked, where that is less often.
  void set_spacing(absl::Duration spacing) { spacing_ = spacing; }

 private:
  absl::Duration PolledEvery() const;
  void EndAll(const std::function<absl::Status()>& status, bool notify_first);
  void NotifyNewcomer(uint64_t waiter);
  void NotifyNext();
  void NotifyOne(std::map<uint64_t, Waiter>::iterator waiter);
  void EndWait(uint64_t waiter);
  Waiter Extract(std::map<uint64_t, Waiter>::iterator waiter);

  const std::string id_;
  EventLoop& event_loop_;

  std::map<uint64_t, Waiter> waiters_;
  std::multiset<absl::Duration> intervals_;  // Theirs.
  uint64_t next_waiter_ = 0;
  SnapshotPtr newest_;
  absl::Duration spacing_;

  // The round that is under way: who is next, and whether to go round again.
  TimerHandle notifying_;
  uint64_t next_notified_ = 0;
  bool notify_again_ = false;
  // Newcomers to be told; one timer for each, so that leaving takes it back.
  std::map<uint64_t, TimerHandle> newcomers_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_PREDICTION_WATCH_H_
