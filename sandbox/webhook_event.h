#ifndef WRIFTAI_SANDBOX_WEBHOOK_EVENT_H_
#define WRIFTAI_SANDBOX_WEBHOOK_EVENT_H_

#include <cstdint>
#include <string>

#include "base/mutex.h"
#include "sandbox/prediction.h"

namespace wriftai::sandbox {

// A status change to deliver to a webhook.
struct WebhookEvent {
  Webhook webhook;
  std::string prediction_id;
  std::string body;  // The prediction in the format of GET.
};

struct WebhookStats {
  int64_t events = 0;         // Status changes.
  int64_t attempts = 0;       // Requests sent.
  int64_t delivered = 0;      // Acknowledged with 2xx.
  int64_t failed = 0;         // Failed after the last attempt.
  int64_t dropped = 0;        // Dropped on purpose.
  int64_t duplicated = 0;     // Sent twice on purpose.
  int64_t reordered = 0;      // Sent late on purpose.
  int64_t overflowed = 0;     // Dropped because the queue was full.
  int64_t longest_queue = 0;  // Maximum number of queued deliveries.
};

// Threads: any.
class WebhookCounters {
 public:
  // Calls `change` with the statistics, with the lock held.
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
