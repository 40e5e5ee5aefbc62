#include "upstream/watch/waiter.h"

#include <algorithm>

namespace wriftai {

bool Waiter::IsDue(const Snapshot& snapshot, absl::Time now,
                   absl::Duration polled_every) const {
  if (notified_ == nullptr || IsTerminal(snapshot.prediction)) return true;
  const v1::Prediction& before = notified_->prediction;
  if (before.status_text() != snapshot.prediction.status_text()) return true;
  if (options_.only_changes) return notified_->revision != snapshot.revision;
  // Half a poll of slack: results arrive a little early or late, and waiting
  // for the next one would double the interval.
  return now - notified_at_ >= options_.poll_interval - polled_every / 2;
}

void Waiter::Notify(const SnapshotPtr& snapshot, absl::Time now,
                    absl::Duration polled_every) {
  notified_ = snapshot;
  notified_at_ = now;
  observer_.OnSnapshot(snapshot,
                       std::max(options_.poll_interval, polled_every));
}

}  // namespace wriftai
