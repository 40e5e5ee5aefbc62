#include "upstream/watch/waiter.h"

#include <algorithm>

#include "upstream/prediction_state.h"

namespace wriftai {

bool Waiter::IsDue(const Snapshot& snapshot, absl::Time now,
                   absl::Duration poll_spacing, bool early) const {
  if (notified_ == nullptr || IsTerminal(snapshot.prediction)) return true;
  const v1::Prediction& before = notified_->prediction;
  if (before.status_text() != snapshot.prediction.status_text()) return true;
  if (early) return false;
  if (options_.only_changes) return notified_->revision != snapshot.revision;
  // Half a poll interval of slack: results arrive slightly early or late, and
  // waiting for the next one would double the interval.
  return now - notified_at_ >= options_.poll_interval - poll_spacing / 2;
}

void Waiter::Notify(const SnapshotPtr& snapshot, absl::Time now,
                    absl::Duration poll_spacing) {
  notified_ = snapshot;
  notified_at_ = now;
  observer_.OnSnapshot(snapshot,
                       std::max(options_.poll_interval, poll_spacing));
}

}  // namespace wriftai
