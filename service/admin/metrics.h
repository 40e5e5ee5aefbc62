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

// A snapshot of the engine's counters. A value.
struct EngineNumbers {
  struct Credential {
    std::string name;  // The displayable prefix of its hash.
    BudgetStats reads;
    BudgetStats creates;
  };
  std::vector<Credential> credentials;
  bool upstream_healthy = true;
  DecodeStats decoding;
  WatchStats watches;
  size_t watch_count = 0;
  size_t waiter_count = 0;
  size_t open_circuit_breakers = 0;  // In credentials.
  size_t distrusted_lists = 0;       // In credentials.
  int64_t cache_bytes = 0;
  size_t cache_size = 0;
  size_t request_ids = 0;
  size_t request_id_bytes = 0;
  WebhookNumbers webhooks;
};

// Call on the loop.
EngineNumbers CollectNumbers(Engine& engine);

// Maximum number of credentials with their own series. Each has 24 series, so a
// Prometheus that scrapes a few replicas stays within tens of thousands.
// Callers bring their own tokens, so without a limit they would control the
// number of series.
inline constexpr size_t kMaxCredentials = 100;

// The name for the sum of the remaining credentials; shorter than any hash.
inline constexpr char kOtherCredentials[] = "other";

// Keeps the kMaxCredentials with the most requests and sums the others into one
// entry.
std::vector<EngineNumbers::Credential> BoundedCredentials(
    std::vector<EngineNumbers::Credential> credentials);

// The metrics of docs/metrics.md, with credentials bounded as above.
std::vector<prometheus::MetricFamily> MetricFamilies(
    const EngineNumbers& numbers);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_METRICS_H_
