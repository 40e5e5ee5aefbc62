#ifndef WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_SINK_H_
#define WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_SINK_H_

#include <string>

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

// A verified delivery for the replica that owns a credential. A value.
struct RoutedWebhook {
  std::string tag;        // Of the credential; from the path, so unverified.
  std::string signature;  // The header's value; may be empty.
  std::string body;
  v1::Prediction prediction;  // That the body shows.
};

// Passes deliveries to the replicas that own their credentials.
//
// Threads: as WebhookSink. Fails: by rejecting.
class RoutedWebhookSink {
 public:
  virtual ~RoutedWebhookSink() = default;

  // False if the sink is full; the sender is then asked to retry.
  virtual bool TryPush(RoutedWebhook webhook) = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_SINK_H_
