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

// Turns the passing of time into events: one for each status of a prediction
// that has a webhook, with the prediction as it was at that moment, however
// late it is asked for.
//
// Threads: any. `store` must outlive it. Fails: never; predictions that the
// store no longer has give no events.
class StatusFeed {
 public:
  StatusFeed(const PredictionStore* store, PredictionView view);

  // `prediction`, which the store has, is new. Without a webhook: ignored.
  void Add(const Prediction& prediction);

  // A prediction may end at `when`, other than was known before.
  void Reschedule(absl::string_view id, absl::Time when);

  // The next moment at which there may be an event; InfiniteFuture for none.
  absl::Time NextTime() const;

  // The events up to `now`, in the order of their times.
  std::vector<WebhookEvent> TakeDue(absl::Time now);

  void Clear();

 private:
  const PredictionStore* const store_;
  const PredictionView view_;
  mutable Mutex mutex_;
  std::multimap<absl::Time, std::string> moments_ ABSL_GUARDED_BY(mutex_);
  // The last status told, by id; a moment at which it is still the same is
  // one that a cancellation has made void.
  std::unordered_map<std::string, std::string> told_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_STATUS_FEED_H_
