#ifndef WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_SINK_H_
#define WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_SINK_H_

#include "wriftai/v1/predictions.pb.h"

namespace wriftai {

// Where the states go that webhooks bring. The same one may come more than
// once, in any order, of predictions that nobody here waits for, and with a
// status that is unknown (STATUS_UNSPECIFIED).
//
// Threads: the listener's, which answers nothing else meanwhile. Fails: by
// refusing.
class WebhookSink {
 public:
  virtual ~WebhookSink() = default;

  // False when there is no room; the sender is asked to come again.
  virtual bool OnWebhook(v1::Prediction prediction) = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_SINK_H_
