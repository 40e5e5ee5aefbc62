#ifndef WRIFTAI_SERVICE_ENGINE_OWN_CALLS_H_
#define WRIFTAI_SERVICE_ENGINE_OWN_CALLS_H_

#include <string>
#include <utility>

#include "service/engine/owner_calls.h"
#include "upstream/create/create_deduplicator.h"
#include "upstream/prediction_calls.h"
#include "upstream/rest/rest_prediction_client.h"

namespace wriftai {

// The calls of a credential that this replica owns: they go to the upstream.
//
// Threads: loop. The arguments must outlive it and its calls. Fails: as the
// client, and as CreateDeduplicator.
class OwnCalls final : public OwnerCalls {
 public:
  // `creator` sends creates without a request ID.
  OwnCalls(RestPredictionClient& client, PredictionCreator& creator,
           CreateDeduplicator& deduplicator)
      : client_(client), creator_(creator), deduplicator_(deduplicator) {}

  CallHandle Get(CallContext context, std::string id,
                 PredictionDone done) override {
    return client_.Get(std::move(context), std::move(id), std::move(done));
  }
  CallHandle List(CallContext context, ListParams params,
                  PageDone done) override {
    return client_.List(std::move(context), std::move(params), std::move(done));
  }
  CallHandle Cancel(CallContext context, const std::string& id,
                    CancelDone done) override {
    return client_.Cancel(std::move(context), id, std::move(done));
  }
  CallHandle Create(CallContext context, const std::string& request_id,
                    CreateParams params, PredictionDone done) override {
    if (request_id.empty()) {
      return creator_.Create(std::move(context), std::move(params),
                             std::move(done));
    }
    return deduplicator_.Create(std::move(context), request_id,
                                std::move(params), std::move(done));
  }

 private:
  RestPredictionClient& client_;
  PredictionCreator& creator_;
  CreateDeduplicator& deduplicator_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ENGINE_OWN_CALLS_H_
