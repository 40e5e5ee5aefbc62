#ifndef WRIFTAI_SANDBOX_REQUEST_HANDLER_H_
#define WRIFTAI_SANDBOX_REQUEST_HANDLER_H_

#include <functional>
#include <string>

#include "sandbox/control_api.h"
#include "sandbox/http_message.h"
#include "sandbox/predictions_api.h"
#include "sandbox/state.h"

namespace wriftai::sandbox {

// Dispatches all requests to the API or the control API. Injects faults, adds
// an x-request-id to every response, and counts requests.
//
// Threads: any. `state` must outlive it. Fails: only through responses.
class RequestHandler {
 public:
  // `base_url`: see PredictionsApi. `reset`: see ControlApi.
  RequestHandler(SandboxState* state, std::string base_url,
                 std::function<void()> reset);

  // Whether Handle() may wait: for a delay, or for a run to end.
  bool MayWait(const Request& request) {
    return !request.Header("prefer").empty() || state_->faults.has_delay();
  }

  Response Handle(const Request& request);

  // Returns the response to input that is not an HTTP request, or whose headers
  // are too large.
  Response HandleMalformed(int status);

 private:
  void AddServerHeaders(Response* response);

  SandboxState* const state_;
  PredictionsApi predictions_;
  ControlApi control_;
};

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_REQUEST_HANDLER_H_
