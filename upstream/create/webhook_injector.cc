#include "upstream/create/webhook_injector.h"

namespace wriftai {

CallHandle WebhookInjector::Get(CallContext context, std::string id,
                                PredictionDone done) {
  return client_.Get(std::move(context), std::move(id), std::move(done));
}

CallHandle WebhookInjector::Create(CallContext context, CreateParams params,
                                   PredictionDone done) {
  const bool with_gateway_webhook =
      gateway_webhook_ && !params.webhook.has_value();
  if (with_gateway_webhook) params.webhook = gateway_webhook_();
  auto credential = context.credential;
  return client_.Create(
      std::move(context), std::move(params),
      [this, credential = std::move(credential), with_gateway_webhook,
       done = std::move(done)](absl::StatusOr<v1::Prediction> created) mutable {
        if (created.ok()) {
          on_created_(*credential, *created, with_gateway_webhook);
        }
        done(std::move(created));
      });
}

CallHandle WebhookInjector::List(CallContext context, ListParams params,
                                 PageDone done) {
  return client_.List(std::move(context), std::move(params), std::move(done));
}

CallHandle WebhookInjector::Cancel(CallContext context, std::string id,
                                   CancelDone done) {
  return client_.Cancel(std::move(context), std::move(id), std::move(done));
}

}  // namespace wriftai
