#ifndef WRIFTAI_SERVICE_APP_H_
#define WRIFTAI_SERVICE_APP_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "base/flag_set.h"
#include "base/listener_counters.h"
#include "service/config.h"
#include "service/engine/gateway_credential.h"
#include "service/logging/logging.h"
#include "service/server/descriptor_budget.h"
#include "service/server/port_watchdog.h"
#include "service/webhook/delivery_outcome.h"

namespace wriftai {

// The whole program: builds and starts every part, and stops them from the
// outermost to the innermost.
//
// Threads: main only. Owns: everything below it.
class App {
 public:
  // Starts serving. INVALID_ARGUMENT, with a one-line message: a setting cannot
  // be applied (an address in use, an unreadable token file). `logging` must
  // outlive the App.
  // `settings`: `config` for people, see FlagSet::Settings().
  static absl::StatusOr<std::unique_ptr<App>> Start(
      Config config, std::vector<Setting> settings, const Logging& logging);

  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  // Shuts down gracefully. Health becomes NOT_SERVING, /readyz returns 503, and
  // waits are redirected to other replicas. Running calls get nine tenths of
  // --drain_timeout to end, then an error; callers that do not read it are cut
  // off. Once no calls are left, idle connections are closed. Blocks until
  // everything has stopped, within --drain_timeout whatever the callers do.
  void Stop();

 private:
  struct Parts;

  App(Config config, std::vector<Setting> settings, const Logging& logging);
  absl::Status StartParts();
  absl::Status StartEngine();
  absl::Status OpenReplica(
      const std::shared_ptr<const GatewayCredential>& gateway_credential);
  absl::Status StartWebhooks();
  absl::Status StartAdminServer();
  absl::Status StartGrpcServer();
  absl::Status StartReplica();
  void StartPortWatchdog();
  void FollowLogLevel();

  Config config_;
  const std::vector<Setting> settings_;
  const Logging& logging_;
  DeliveryCounters webhook_counters_;
  ListenerCounters caller_connections_;
  ListenerCounters health_connections_;
  ListenerCounters webhook_connections_;
  ListenerCounters admin_connections_;
  ListenerCounters replica_connections_;
  DescriptorBudget connections_;
  PortWatchdog port_watchdog_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_APP_H_
