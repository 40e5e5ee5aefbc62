#ifndef WRIFTAI_SANDBOX_STATUS_FEED_H_
#define WRIFTAI_SANDBOX_STATUS_FEED_H_

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "sandbox/prediction.h"
#include "sandbox/prediction_json.h"
#include "sandbox/prediction_store.h"
#include "sandbox/webhook_event.h"

namespace wriftai::sandbox {

// Produces an event for each status change of predictions with webhooks. Each
// event has the prediction's state at the time of the change, even if TakeDue()
// is called later.
//
// Threads: any. `store` must outlive it. Fails: never; predictions that the
// store has evicted produce no events.
class StatusFeed {
 public:
  StatusFeed(const PredictionStore* store, PredictionView view);

  // Adds a new prediction of the store. Ignores one without a webhook.
  void Add(const Prediction& prediction);

  // Adds `when` as a possible time of the prediction's end.
  void Reschedule(absl::string_view id, absl::Time when);

  // The next time at which there may be an event; InfiniteFuture if none.
  absl::Time NextTime() const;

  // Removes and returns the events up to `now`, in order of time.
  std::vector<WebhookEvent> TakeDue(absl::Time now);

  void Clear();

 private:
  const PredictionStore* const store_;
  const PredictionView view_;
  mutable Mutex mutex_;
  std::multimap<absl::Time, std::string> transitions_ ABSL_GUARDED_BY(mutex_);
  // The last reported status, by id. A transition to the same status is
  // skipped: a cancellation has made it obsolete.
  std::unordered_map<std::string, std::string> reported_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_STATUS_FEED_H_
