#ifndef WRIFTAI_UPSTREAM_CREATE_WEBHOOK_INJECTOR_H_
#define WRIFTAI_UPSTREAM_CREATE_WEBHOOK_INJECTOR_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "upstream/prediction_client.h"

namespace wriftai {

// Adds the gateway's webhook to creates without one, and reports every created
// prediction, even if no caller is waiting any more.
//
// Must sit below CreateDeduplicator, which compares what callers sent. With the
// gateway's key included, the same create would differ after each key rotation.
//
// Threads: loop. `client` must outlive it. Fails: as `client` does.
class WebhookInjector final : public PredictionClient {
 public:
  // Returns the webhook to register, with the current key.
  using GatewayWebhook = std::function<WebhookParams()>;

  // `with_gateway_webhook`: whether the gateway's webhook was registered.
  using OnCreated = std::function<void(const Credential& credential,
                                       const v1::Prediction& created,
                                       bool with_gateway_webhook)>;

  // `gateway_webhook`: null registers no webhook.
  WebhookInjector(PredictionClient& client, GatewayWebhook gateway_webhook,
                  OnCreated on_created)
      : client_(client),
        gateway_webhook_(std::move(gateway_webhook)),
        on_created_(std::move(on_created)) {}

  CallHandle Get(CallContext context, std::string id,
                 PredictionDone done) override;
  CallHandle Create(CallContext context, CreateParams params,
                    PredictionDone done) override;
  CallHandle List(CallContext context, ListParams params,
                  PageDone done) override;
  CallHandle Cancel(CallContext context, std::string id,
                    CancelDone done) override;

 private:
  PredictionClient& client_;
  const GatewayWebhook gateway_webhook_;
  const OnCreated on_created_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_CREATE_WEBHOOK_INJECTOR_H_
