#ifndef WRIFTAI_SERVICE_ENGINE_ENGINE_NUMBERS_H_
#define WRIFTAI_SERVICE_ENGINE_ENGINE_NUMBERS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "upstream/budget/budget.h"
#include "upstream/json/decode_stats.h"
#include "upstream/rest/upstream_result.h"
#include "upstream/rest/upstream_stats.h"
#include "upstream/watch/watch_stats.h"
#include "upstream/webhook/webhook_stats.h"

namespace wriftai {

// A snapshot of the webhook counters. A value.
struct WebhookNumbers {
  WebhookStats stats;
  absl::Duration poll_interval;  // Of predictions with active webhooks.
  size_t known_predictions = 0;  // Predictions with a known owner.
};

// A snapshot of the engine's counters. A value.
struct EngineNumbers {
  struct Credential {
    std::string name;  // The displayable prefix of its hash.
    BudgetStats reads;
    BudgetStats creates;
  };
  std::vector<Credential> credentials;
  bool upstream_healthy = true;
  // When that changed last, by EventLoop::Now(); InfinitePast: never.
  absl::Time upstream_changed_at = absl::InfinitePast();
  std::optional<UpstreamResult> upstream_failure;  // The latest.
  UpstreamStats upstream;
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

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ENGINE_ENGINE_NUMBERS_H_
