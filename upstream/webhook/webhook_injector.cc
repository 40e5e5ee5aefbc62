#include "upstream/webhook/webhook_injector.h"

#include <memory>

namespace wriftai {

CallHandle WebhookInjector::Create(CallContext context, CreateParams params,
                                   PredictionDone done) {
  const bool with_gateway_webhook =
      gateway_webhook_ && !params.webhook.has_value();
  if (with_gateway_webhook) {
    params.webhook = gateway_webhook_(*context.credential);
  }
  auto credential = context.credential;
  return creator_.Create(
      std::move(context), std::move(params),
      [this, credential = std::move(credential), with_gateway_webhook,
       done = std::move(done)](absl::StatusOr<v1::Prediction> created) mutable {
        if (created.ok()) {
          observer_.OnCreated(*credential, *created, with_gateway_webhook);
        }
        done(std::move(created));
      });
}

}  // namespace wriftai
