#ifndef WRIFTAI_TESTS_SUPPORT_RECORDING_OBSERVER_H_
#define WRIFTAI_TESTS_SUPPORT_RECORDING_OBSERVER_H_

#include <functional>
#include <string>
#include <vector>

#include "upstream/watch/prediction_observer.h"

namespace wriftai {

// An observer that records its notifications.
//
// Threads: the loop's (the test's).
class RecordingObserver : public PredictionObserver {
 public:
  void OnSnapshot(const SnapshotPtr& snapshot,
                  absl::Duration interval) override {
    statuses.push_back(snapshot->prediction.status_text());
    snapshots.push_back(snapshot);
    intervals.push_back(interval);
    if (on_notified) on_notified();
  }

  void OnError(const absl::Status& status) override {
    errors.push_back(status);
    if (on_notified) on_notified();
  }

  std::vector<std::string> statuses;
  std::vector<SnapshotPtr> snapshots;
  std::vector<absl::Duration> intervals;
  std::vector<absl::Status> errors;

  // Runs after each notification.
  std::function<void()> on_notified;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SUPPORT_RECORDING_OBSERVER_H_
