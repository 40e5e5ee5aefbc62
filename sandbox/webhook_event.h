#ifndef WRIFTAI_SANDBOX_WEBHOOK_EVENT_H_
#define WRIFTAI_SANDBOX_WEBHOOK_EVENT_H_

#include <cstdint>
#include <string>

#include "base/mutex.h"
#include "sandbox/prediction.h"

namespace wriftai::sandbox {

// A change of status that a webhook is to hear of.
struct WebhookEvent {
  Webhook webhook;
  std::string prediction_id;
  std::string body;  // The prediction, as GET shows it.
};

struct WebhookStats {
  int64_t events = 0;         // Changes of status.
  int64_t attempts = 0;       // Requests that were sent.
  int64_t delivered = 0;      // Answered with 2xx.
  int64_t failed = 0;         // Given up after the last attempt.
  int64_t dropped = 0;        // Thrown away on purpose.
  int64_t duplicated = 0;     // Sent once more on purpose.
  int64_t reordered = 0;      // Sent late on purpose.
  int64_t overflowed = 0;     // Thrown away because the queue was full.
  int64_t longest_queue = 0;  // Most deliveries that waited at once.
};

// Threads: any.
class WebhookCounters {
 public:
  // Calls `change` with the figures, under the lock.
  template <typename Change>
  void Update(Change change) {
    MutexLock lock(mutex_);
    change(stats_);
  }
  WebhookStats Stats() const {
    MutexLock lock(mutex_);
    return stats_;
  }

 private:
  mutable Mutex mutex_;
  WebhookStats stats_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_WEBHOOK_EVENT_H_
