#ifndef WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_INJECTOR_H_
#define WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_INJECTOR_H_

#include <functional>
#include <utility>

#include "upstream/prediction_calls.h"

namespace wriftai {

// Adds the gateway's webhook to creates without one, and reports every created
// prediction, even if no caller is waiting any more.
//
// Must sit below CreateDeduplicator, which compares what callers sent. With the
// gateway's key included, the same create would differ after each key rotation.
//
// Threads: loop. `creator` and `observer` must outlive it. Fails: as `creator`
// does.
class WebhookInjector final : public PredictionCreator {
 public:
  class Observer {
   public:
    virtual ~Observer() = default;

    // Called before the caller gets the result. `with_gateway_webhook`: whether
    // the gateway's webhook was registered.
    virtual void OnCreated(const Credential& credential,
                           const v1::Prediction& created,
                           bool with_gateway_webhook) = 0;
  };

  // Returns the webhook to register for a credential's create, with the current
  // key.
  using GatewayWebhook =
      std::function<WebhookParams(const Credential& credential)>;

  // `gateway_webhook`: null registers no webhook.
  WebhookInjector(PredictionCreator& creator, GatewayWebhook gateway_webhook,
                  Observer& observer)
      : creator_(creator),
        gateway_webhook_(std::move(gateway_webhook)),
        observer_(observer) {}

  CallHandle Create(CallContext context, CreateParams params,
                    PredictionDone done) override;

 private:
  PredictionCreator& creator_;
  const GatewayWebhook gateway_webhook_;
  Observer& observer_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_INJECTOR_H_
