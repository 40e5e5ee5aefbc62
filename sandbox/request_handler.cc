#include "sandbox/request_handler.h"

#include <optional>
#include <utility>

#include "sandbox/router.h"
#include "sandbox/validation_errors.h"

namespace wriftai::sandbox {

RequestHandler::RequestHandler(SandboxState* state, std::string base_url,
                               std::function<void()> reset)
    : state_(state),
      predictions_(state, std::move(base_url)),
      control_(state, std::move(reset)) {}

Response RequestHandler::Handle(const Request& request) {
  if (ControlApi::IsFor(request)) {
    Response response = control_.Handle(request);
    AddServerHeaders(&response);
    return response;
  }
  const absl::Time arrival = state_->clock->Now();
  const Route route = FindRoute(request.method, request.path);
  const std::optional<Fault> fault =
      state_->faults.Match(request.method, request.path);
  if (fault.has_value() && fault->delay > absl::ZeroDuration()) {
    state_->WaitUntil(arrival + fault->delay, [] { return false; });
  }
  Response response;
  if (!fault.has_value() || fault->ReachesApi()) {
    response = predictions_.Handle(route, request);
  }
  if (fault.has_value()) ApplyFault(*fault, &response);
  AddServerHeaders(&response);
  const bool has_response = response.delivery != Delivery::kNone;
  state_->traffic.CountRequest(request, route,
                               has_response ? response.status : 0, arrival);
  return response;
}

Response RequestHandler::HandleMalformed(int status) {
  Response response =
      DetailResponse(status, "There was an error parsing the request");
  AddServerHeaders(&response);
  return response;
}

void RequestHandler::AddServerHeaders(Response* response) {
  const auto add = [response](absl::string_view name, std::string value) {
    for (const auto& header : response->headers) {
      if (header.first == name) return;
    }
    response->headers.emplace_back(name, std::move(value));
  };
  add("x-request-id", state_->request_ids.Next());
  // RFC 9110, section 6.6.1, requires it of every server with a clock.
  add("date", absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT",
                               state_->clock->Now(), absl::UTCTimeZone()));
}

}  // namespace wriftai::sandbox
