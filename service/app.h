#ifndef WRIFTAI_SERVICE_APP_H_
#define WRIFTAI_SERVICE_APP_H_

#include <memory>

#include "absl/status/statusor.h"
#include "base/event_loop.h"
#include "base/listener_counters.h"
#include "service/config.h"
#include "service/logging/logging.h"
#include "service/server/descriptor_budget.h"
#include "service/server/port_watchdog.h"
#include "upstream/webhook/webhook_outcome.h"

namespace wriftai {

// The whole program: builds every part, starts them, and stops them from the
// outside in.
//
// Threads: main alone. Owns: everything below it.
class App {
 public:
  // Starts to serve. INVALID_ARGUMENT: a setting that cannot be met (an
  // address in use, a token file that cannot be read), in one line.
  // `logging` must outlive it.
  static absl::StatusOr<std::unique_ptr<App>> Start(Config config,
                                                    const Logging& logging);

  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  // Health goes NOT_SERVING and /readyz 503, waits are sent elsewhere, running
  // calls have nine tenths of --drain_timeout to end, then get an error, and
  // whoever does not read it is cut off. Once no call is left, idle connections
  // are closed. Blocks until all has stopped, which
  // no caller can keep from happening within --drain_timeout.
  void Stop();

 private:
  struct Parts;

  App(Config config, const Logging& logging);
  void LimitConnections();
  absl::Status StartParts();
  absl::Status StartEngine();
  absl::Status StartWebhooks();
  absl::Status StartAdminServer();
  absl::Status StartGrpcServer();
  void StartPortWatchdog();

  // During a drain: closes connections that have nothing left to do, from now
  // on, again and again. On the loop.
  void CloseIdleConnections();

  Config config_;
  const Logging& logging_;
  WebhookCounters webhook_counters_;
  ListenerCounters caller_connections_;
  ListenerCounters health_connections_;
  ListenerCounters webhook_connections_;
  ListenerCounters admin_connections_;
  DescriptorBudget connections_;
  PortWatchdog port_watchdog_;
  std::unique_ptr<Parts> parts_;
  TimerHandle close_idle_connections_;  // Loop only; none outside of Stop().
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_APP_H_
