#ifndef WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_SINK_H_
#define WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_SINK_H_

#include "proto/predictions.h"

namespace wriftai {

// Receives the predictions from webhooks. They may be repeated, reordered, for
// predictions without waiters, or with an unknown status
// (PREDICTION_STATUS_UNSPECIFIED).
//
// Threads: the listener's, which is blocked meanwhile. Fails: by rejecting.
class WebhookSink {
 public:
  virtual ~WebhookSink() = default;

  // False if the sink is full; the sender is then asked to retry.
  virtual bool TryPush(v1::Prediction prediction) = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_SINK_H_
