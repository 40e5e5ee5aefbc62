#include "upstream/create/registering_client.h"

namespace wriftai {

CallHandle RegisteringClient::Get(CallContext context, std::string id,
                                  PredictionDone done) {
  return client_.Get(std::move(context), std::move(id), std::move(done));
}

CallHandle RegisteringClient::Create(CallContext context, CreateParams params,
                                     PredictionDone done) {
  const bool with_own = own_webhook_ && !params.webhook.has_value();
  if (with_own) params.webhook = own_webhook_();
  auto credential = context.credential;
  return client_.Create(
      std::move(context), std::move(params),
      [this, credential = std::move(credential), with_own,
       done = std::move(done)](absl::StatusOr<v1::Prediction> created) mutable {
        if (created.ok()) on_created_(*credential, *created, with_own);
        done(std::move(created));
      });
}

CallHandle RegisteringClient::List(CallContext context, ListParams params,
                                   PageDone done) {
  return client_.List(std::move(context), std::move(params), std::move(done));
}

CallHandle RegisteringClient::Cancel(CallContext context, std::string id,
                                     CancelDone done) {
  return client_.Cancel(std::move(context), std::move(id), std::move(done));
}

}  // namespace wriftai
