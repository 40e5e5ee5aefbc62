#ifndef WRIFTAI_UPSTREAM_CREATE_REGISTERING_CLIENT_H_
#define WRIFTAI_UPSTREAM_CREATE_REGISTERING_CLIENT_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "upstream/prediction_client.h"

namespace wriftai {

// Creates with the gateway's own webhook where the caller brings none, and says
// what was created, whether anybody still waits for the answer or not.
//
// It belongs below CreateDeduplicator, which tells creates apart by what the
// caller has sent: with the gateway's key in it, the same create would be
// another one after each change of the key.
//
// Threads: loop. `client` must outlive it. Fails: as `client` does.
class RegisteringClient final : public PredictionClient {
 public:
  // What to register just now.
  using OwnWebhook = std::function<WebhookParams()>;

  // `with_own`: whether the gateway's own webhook was registered.
  using OnCreated =
      std::function<void(const Credential& credential,
                         const v1::Prediction& created, bool with_own)>;

  // `own_webhook`: empty registers nothing.
  RegisteringClient(PredictionClient& client, OwnWebhook own_webhook,
                    OnCreated on_created)
      : client_(client),
        own_webhook_(std::move(own_webhook)),
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
  const OwnWebhook own_webhook_;
  const OnCreated on_created_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_CREATE_REGISTERING_CLIENT_H_
