#ifndef WRIFTAI_UPSTREAM_WATCH_WEBHOOK_STATS_H_
#define WRIFTAI_UPSTREAM_WATCH_WEBHOOK_STATS_H_

#include <cstdint>

namespace wriftai {

// What became of the webhooks that were accepted, since the start; for metrics.
// One event may count for several credentials.
//
// Threads: loop. A value.
struct WebhookStats {
  int64_t events = 0;
  int64_t news = 0;          // Told to waiters, or kept for who comes.
  int64_t duplicates = 0;    // The state that was known already.
  int64_t out_of_order = 0;  // An older state than what is known.
  int64_t early = 0;         // Came before anybody was known to own the id.
  int64_t early_used = 0;    // Of them, told once somebody was.
  int64_t unknown = 0;       // Ids given up, as nobody was.
  int64_t missed = 0;        // Changes that only a poll has brought.
  int64_t confirmed = 0;     // Polls that found nothing missed.
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_WEBHOOK_STATS_H_
