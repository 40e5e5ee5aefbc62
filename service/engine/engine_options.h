#ifndef WRIFTAI_SERVICE_ENGINE_ENGINE_OPTIONS_H_
#define WRIFTAI_SERVICE_ENGINE_ENGINE_OPTIONS_H_

#include <cstddef>

#include "absl/time/time.h"
#include "upstream/budget/budget_registry.h"
#include "upstream/rest/rest_prediction_client.h"
#include "upstream/watch/snapshot_cache.h"
#include "upstream/webhook/webhook_feed.h"

namespace wriftai {

// Whose token is used for upstream requests.
enum class CredentialPolicy {
  kCaller,             // The caller's; calls without one are rejected.
  kGateway,            // Always the gateway's.
  kCallerThenGateway,  // The caller's if present, otherwise the gateway's.
};

// The settings of Engine, with the defaults of the flags. A value.
struct EngineOptions {
  CredentialPolicy credentials = CredentialPolicy::kCallerThenGateway;

  // Maximum size of one request message, and memory for all messages of calls.
  size_t max_request_bytes = 16 << 20;
  size_t message_memory = 128 << 20;

  size_t max_waits = 16'000;
  absl::Duration max_wait = absl::Hours(2);

  // How long a stream may continue after its connection has stopped taking new
  // calls. Infinite: connections have no maximum age.
  absl::Duration stream_grace = absl::Minutes(30);

  RestClientOptions upstream;
  BudgetRegistry::Rates rates;
  SnapshotCache::Options cache;
  WebhookFeed::Options webhooks;

  // See WatchRegistry::Options.
  bool spare_polls = true;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ENGINE_ENGINE_OPTIONS_H_
