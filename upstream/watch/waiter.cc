#include "upstream/watch/waiter.h"

#include <algorithm>

namespace wriftai {

bool Waiter::IsDue(const Snapshot& snapshot, absl::Time now,
                   absl::Duration polled_every) const {
  if (told_ == nullptr || IsTerminal(snapshot.prediction)) return true;
  const v1::Prediction& before = told_->prediction;
  if (before.status_text() != snapshot.prediction.status_text()) return true;
  if (options_.only_changes) return told_->revision != snapshot.revision;
  // Half a poll of slack: results arrive a little early or late, and waiting
  // for the next one would double the interval.
  return now - told_at_ >= options_.poll_interval - polled_every / 2;
}

void Waiter::Tell(const SnapshotPtr& snapshot, absl::Time now,
                  absl::Duration polled_every) {
  told_ = snapshot;
  told_at_ = now;
  observer_.OnSnapshot(snapshot,
                       std::max(options_.poll_interval, polled_every));
}

}  // namespace wriftai
