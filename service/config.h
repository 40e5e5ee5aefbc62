#ifndef WRIFTAI_SERVICE_CONFIG_H_
#define WRIFTAI_SERVICE_CONFIG_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/flag_set.h"
#include "base/secret.h"
#include "service/logging/log_options.h"
#include "service/server/server_config.h"
#include "upstream/budget/budget_registry.h"
#include "upstream/rest/rest_prediction_client.h"
#include "upstream/watch/snapshot_cache.h"
#include "upstream/watch/webhook_feed.h"

namespace wriftai {

// With whose token the upstream is called.
enum class CredentialPolicy {
  kCaller,             // The caller's; without one the call is refused.
  kGateway,            // The gateway's, whatever the caller sends.
  kCallerThenGateway,  // The caller's, or else the gateway's.
};

// How the upstream tells the gateway of predictions, in place of being asked.
struct WebhookConfig {
  std::string address;      // Where deliveries are received; empty: nowhere.
  std::string public_url;   // What is registered; empty: nothing.
  std::string secret_file;  // The keys; empty: there are none.
  bool allow_unsigned = false;
  WebhookFeed::Options feed;  // Enabled where there is an address.
};

// Every setting of the gateway; the defaults are the contract's.
struct Config {
  ServerConfig server;
  std::string http_address = "127.0.0.1:9090";  // Empty: none.
  CredentialPolicy credentials = CredentialPolicy::kCallerThenGateway;

  // The gateway's own token: the text, or the file it is in.
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

  LogOptions log;

  int64_t max_response_bytes = 64 << 20;
  // Two creates of the largest size at once, or ten of 4 MiB: a quarter of the
  // 512 MiB that the Deployment is limited to.
  int64_t message_memory = 128 << 20;
  // Of the process; 0: that of its control group, if there is one.
  int64_t memory_limit = 0;
  // Some 21 kB each: 330 MiB, of the 512 that the Deployment is limited to.
  int64_t max_waits = 16'000;
  absl::Duration max_wait = absl::Hours(2);
  absl::Duration drain_timeout = absl::Seconds(20);
};

// What the command line asks for.
struct CommandLine {
  Config config;
  bool version_wanted = false;
  bool help_wanted = false;
  std::string help;
  std::vector<std::string> warnings;  // See ConfigWarnings().
};

// Reads flags and environment (`arguments` without the program's name;
// `variables`: the names of all variables, to find misspelt ones).
// INVALID_ARGUMENT: one line that names the flag or variable and what was
// wanted, without any secret.
absl::StatusOr<CommandLine> ParseCommandLine(
    const std::vector<std::string>& arguments,
    const FlagSet::Environment& environment,
    const std::vector<std::string>& variables = {});

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_CONFIG_H_
