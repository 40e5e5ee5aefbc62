#ifndef WRIFTAI_UPSTREAM_WATCH_PREDICTION_WATCH_H_
#define WRIFTAI_UPSTREAM_WATCH_PREDICTION_WATCH_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "upstream/core/random.h"
#include "upstream/core/scheduler.h"
#include "upstream/prediction_client.h"
#include "upstream/retry_policy.h"
#include "upstream/watch/waiter.h"

namespace wriftai {

// One prediction of one credential, and everyone who waits for it: asks the
// upstream as often as the most eager waiter wants, and tells each at its own
// interval. It belongs to no waiter: each comes and goes freely.
//
// A poll that fails in passing (MayPass) only lengthens the delay: doubled from
// the interval up to kLongestPollDelay, or until the upstream's limit is reset.
// Any other failure ends the watch for all.
//
// Threads: loop. Owns: the waiters, the poll under way, the timer of the next.
// Scheduler, client, random and the observers must outlive it.
class PredictionWatch {
 public:
  PredictionWatch(std::shared_ptr<const Credential> credential, std::string id,
                  Scheduler& scheduler, PredictionClient& client,
                  Random& random);

  // Adds a waiter; the newest snapshot, where there is one, is told to it from
  // the loop right after. Returns its key for Remove().
  uint64_t Add(const WatchOptions& options, PredictionObserver& observer);

  // Without waiters nothing is polled, and a poll under way is dropped.
  void Remove(uint64_t waiter);

  // Something was learnt of the prediction, by whatever way. Ignored where it
  // would lead backwards. May end the watch.
  void Observe(v1::Prediction prediction, v1::Source source);

  // Ends the watch for all, each with what `status` gives for it.
  void Fail(const std::function<absl::Status()>& status);

  bool idle() const { return waiters_.empty(); }
  size_t waiter_count() const { return waiters_.size(); }

 private:
  void SchedulePoll();
  void Poll();
  void OnPolled(absl::StatusOr<v1::Prediction> polled);
  void TellNewcomer(uint64_t waiter);
  void TellAll();
  void EndWait(uint64_t waiter);
  absl::Duration Interval() const;

  const std::shared_ptr<const Credential> credential_;
  const std::string id_;
  Scheduler& scheduler_;
  PredictionClient& client_;
  Random& random_;

  std::map<uint64_t, Waiter> waiters_;
  uint64_t next_waiter_ = 0;
  SnapshotPtr newest_;

  CallHandle poll_;
  TimerHandle poll_timer_;
  absl::Time polled_at_ = absl::InfinitePast();
  int failures_ = 0;
  absl::Duration failure_delay_;
  // Newcomers to be told; one timer for each, so that leaving takes it back.
  std::map<uint64_t, TimerHandle> newcomers_;
};

// How long a failing poll is put off at most: an outage of minutes ends within
// one such delay for the waiters.
inline constexpr absl::Duration kLongestPollDelay = absl::Seconds(30);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_PREDICTION_WATCH_H_
