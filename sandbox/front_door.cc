#include "sandbox/front_door.h"

#include <optional>
#include <utility>

#include "sandbox/problems.h"
#include "sandbox/router.h"

namespace wriftai::sandbox {

FrontDoor::FrontDoor(State* state, std::string base_url,
                     std::function<void()> reset)
    : state_(state),
      predictions_(state, std::move(base_url)),
      control_(state, std::move(reset)) {}

Reply FrontDoor::Handle(const Request& request) {
  if (ControlApi::IsFor(request)) {
    Reply reply = control_.Handle(request);
    AddServerHeaders(&reply);
    return reply;
  }
  const absl::Time arrival = state_->clock->Now();
  const Route route = FindRoute(request.method, request.path);
  const std::optional<Fault> fault =
      state_->faults.Match(request.method, request.path);
  if (fault.has_value() && fault->delay > absl::ZeroDuration()) {
    state_->WaitUntil(arrival + fault->delay, [] { return false; });
  }
  Reply reply;
  if (!fault.has_value() || fault->ReachesApi()) {
    reply = predictions_.Handle(route, request);
  }
  if (fault.has_value()) ApplyFault(*fault, &reply);
  AddServerHeaders(&reply);
  const bool replies = reply.delivery != Delivery::kNone;
  state_->traffic.CountRequest(request, route, replies ? reply.status : 0,
                               arrival);
  return reply;
}

Reply FrontDoor::HandleMalformed(int status) {
  Reply reply = DetailReply(status, "There was an error parsing the request");
  AddServerHeaders(&reply);
  return reply;
}

void FrontDoor::AddServerHeaders(Reply* reply) {
  const auto add = [reply](absl::string_view name, std::string value) {
    for (const auto& header : reply->headers) {
      if (header.first == name) return;
    }
    reply->headers.emplace_back(name, std::move(value));
  };
  add("x-request-id", state_->request_ids.Next());
  // RFC 9110, section 6.6.1: every server with a clock sends it.
  add("date", absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT",
                               state_->clock->Now(), absl::UTCTimeZone()));
}

}  // namespace wriftai::sandbox
