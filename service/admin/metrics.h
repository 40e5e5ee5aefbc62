#ifndef WRIFTAI_SERVICE_ADMIN_METRICS_H_
#define WRIFTAI_SERVICE_ADMIN_METRICS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "prometheus/metric_family.h"
#include "service/admin/webhook_metrics.h"
#include "upstream/budget/budget.h"
#include "upstream/json/decode_stats.h"
#include "upstream/watch/watch_stats.h"

namespace wriftai {

class Engine;

// What the engine counts, at one moment. A value.
struct EngineNumbers {
  struct Credential {
    std::string name;  // Its hash, as far as it may be shown.
    BudgetStats reads;
    BudgetStats creates;
  };
  std::vector<Credential> credentials;
  bool upstream_healthy = true;
  DecodeStats decoding;
  WatchStats watches;
  size_t watch_count = 0;
  size_t waiter_count = 0;
  size_t open_circuit_breakers = 0;  // Credentials.
  size_t distrusted_lists = 0;       // Credentials.
  int64_t cache_bytes = 0;
  size_t cache_size = 0;
  size_t request_ids = 0;
  size_t request_id_bytes = 0;
  WebhookNumbers webhooks;
};

// On the loop.
EngineNumbers NumbersOf(Engine& engine);

// Credentials with series of their own: each has 24, and a Prometheus that
// scrapes a few replicas stays within tens of thousands. Callers bring their
// own tokens, so that without a bound they would decide how many there are.
inline constexpr size_t kMaxCredentials = 100;

// What the rest is summed under; no name is that short.
inline constexpr char kOtherCredentials[] = "other";

// At most that many, those that have sent most, and one for the rest.
std::vector<EngineNumbers::Credential> BoundedCredentials(
    std::vector<EngineNumbers::Credential> credentials);

// The metrics of docs/metrics.md. The credentials that have sent most are
// named.
std::vector<prometheus::MetricFamily> MetricFamilies(
    const EngineNumbers& numbers);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_METRICS_H_
