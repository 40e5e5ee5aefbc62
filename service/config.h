#ifndef WRIFTAI_SERVICE_CONFIG_H_
#define WRIFTAI_SERVICE_CONFIG_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/flag_set.h"
#include "base/secret.h"
#include "service/engine/engine_options.h"
#include "service/logging/log_options.h"
#include "service/replica/replica_config.h"
#include "service/server/server_config.h"
#include "service/tracing/tracing_config.h"
#include "upstream/budget/budget_registry.h"
#include "upstream/rest/rest_prediction_client.h"
#include "upstream/watch/snapshot_cache.h"
#include "upstream/webhook/webhook_feed.h"

namespace wriftai {

// Settings for updates pushed by the upstream instead of polled.
struct WebhookConfig {
  std::string address;      // Where deliveries are received; empty: disabled.
  std::string public_url;   // Registered with creates; empty: none.
  std::string secret_file;  // The signing keys; empty: no keys.
  bool allow_unsigned = false;
  WebhookFeed::Options feed;  // Enabled if there is an address.
};

// Every setting of the gateway, with the documented defaults.
struct Config {
  ServerConfig server;
  std::string http_address = "127.0.0.1:20051";  // Empty: disabled.
  CredentialPolicy credentials = CredentialPolicy::kCallerThenGateway;

  // The gateway's own token, or the file that contains it.
  Secret access_token;
  std::string access_token_file;

  // Check the settings instead of serving.
  bool check_config = false;

  bool sandbox = false;
  RestClientOptions upstream;
  absl::Duration connect_timeout = absl::Seconds(5);
  int64_t max_connections = 512;
  std::string api_ca_file;

  BudgetRegistry::Rates rates;
  SnapshotCache::Options cache;
  WebhookConfig webhooks;
  ReplicaConfig replica;

  LogOptions log;
  TracingConfig tracing;

  int64_t max_response_bytes = 64 << 20;
  // Enough for two concurrent creates of the largest size, or ten of 4 MiB. A
  // quarter of the Deployment's limit of 512 MiB.
  int64_t message_memory = 128 << 20;
  // For the process. 0: the limit of its control group, if any.
  int64_t memory_limit = 0;
  // About 21 kB each: 330 MiB of the Deployment's limit of 512 MiB.
  int64_t max_waits = 16'000;
  absl::Duration max_wait = absl::Hours(2);
  absl::Duration drain_timeout = absl::Seconds(20);
};

// The parsed command line.
struct CommandLine {
  Config config;
  bool version_requested = false;
  bool help_requested = false;
  std::string help;
  std::vector<std::string> warnings;  // See ConfigWarnings().
  std::vector<Setting> settings;      // Without secrets.
};

// Parses flags and environment. `arguments` excludes the program's name;
// `variables` has the names of all variables, to detect misspelled ones.
// INVALID_ARGUMENT: one line that names the flag or variable and what was
// expected, without any secret.
absl::StatusOr<CommandLine> ParseCommandLine(
    const std::vector<std::string>& arguments,
    const FlagSet::Environment& environment,
    const std::vector<std::string>& variables = {});

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_CONFIG_H_
