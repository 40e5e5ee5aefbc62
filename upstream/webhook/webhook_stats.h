#ifndef WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_STATS_H_
#define WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_STATS_H_

#include <cstdint>

namespace wriftai {

// Outcomes of the accepted webhook events since the start; for metrics. One
// event may count for several credentials.
//
// Threads: loop. A value.
struct WebhookStats {
  int64_t events = 0;
  int64_t news = 0;          // New states, for waiters or the cache.
  int64_t duplicates = 0;    // The state was already known.
  int64_t out_of_order = 0;  // The state is older than the known one.
  int64_t early = 0;         // No known owner when they arrived.
  int64_t early_used = 0;    // Of them, delivered to a later owner.
  int64_t unknown = 0;       // Ids dropped without any owner.
  int64_t missed = 0;        // Changes that only a poll found.
  int64_t confirmed = 0;     // Polls that found nothing missed.
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_STATS_H_
