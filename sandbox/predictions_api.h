#ifndef WRIFTAI_SANDBOX_PREDICTIONS_API_H_
#define WRIFTAI_SANDBOX_PREDICTIONS_API_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "sandbox/caller.h"
#include "sandbox/create_request.h"
#include "sandbox/http_message.h"
#include "sandbox/router.h"
#include "sandbox/run_script.h"
#include "sandbox/state.h"

namespace wriftai::sandbox {

// The API under /v1, without sockets.
//
// Threads: any; a create with Prefer: wait blocks its thread. `state` must
// outlive it. Fails: only through responses.
class PredictionsApi {
 public:
  // `base_url`: the API's URL for clients that send no host header, such as
  // http://127.0.0.1:8000/v1.
  PredictionsApi(SandboxState* state, std::string base_url);

  Response Handle(const Route& route, const Request& request);

 private:
  Response HandleAllowed(const Route& route, const Request& request,
                         const Caller& caller);
  Response Create(const Route& route, const Request& request,
                  const Caller& caller);
  Response CreateWithScript(const CreateRequest& create,
                            const ModelVersion& model, RunScript script,
                            const Request& request, const Caller& caller);
  void Hold(const Prediction& prediction, absl::Duration wait);
  Response Get(const Route& route, const Request& request,
               const Caller& caller);
  Response List(const Request& request, const Caller& caller);
  Response Cancel(const Route& route, const Caller& caller);

  // The API's URL from the perspective of the client of `request`.
  std::string BaseUrlFor(const Request& request) const;
  Response PageResponse(const PredictionStore::Page& page, int64_t page_size,
                        absl::string_view base_url) const;
  void AddRateHeaders(const RateLimiter::Decision& decision,
                      Response* response) const;

  SandboxState* const state_;
  const std::string base_url_;
  const Authenticator authenticator_;
};

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_PREDICTIONS_API_H_
