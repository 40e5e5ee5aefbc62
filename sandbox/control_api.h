#ifndef WRIFTAI_SANDBOX_CONTROL_API_H_
#define WRIFTAI_SANDBOX_CONTROL_API_H_

#include <functional>
#include <string>

#include "sandbox/http_message.h"
#include "sandbox/state.h"

namespace wriftai::sandbox {

// The control API under /sandbox, for tests (see README.md): faults,
// statistics, reset. Accepts only clients on the same machine, because the
// statistics reveal requests of other clients; but a sandbox that listens on
// all addresses, as in a container, accepts all clients.
//
// Threads: any. `state` must outlive it. Fails: only through responses.
class ControlApi {
 public:
  static bool IsFor(const Request& request);

  // `reset` resets the whole sandbox.
  ControlApi(SandboxState* state, std::function<void()> reset);

  Response Handle(const Request& request);

 private:
  Response AddFaults(const Request& request);

  SandboxState* const state_;
  const bool is_open_;  // To clients on other machines.
  const std::function<void()> reset_;
};

// The statistics in the control API's format.
std::string StatsJson(const TrafficStats& traffic, const WebhookStats& webhooks,
                      size_t predictions_kept);

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_CONTROL_API_H_
