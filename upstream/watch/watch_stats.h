#ifndef WRIFTAI_UPSTREAM_WATCH_WATCH_STATS_H_
#define WRIFTAI_UPSTREAM_WATCH_WATCH_STATS_H_

#include <cstdint>

#include "base/histogram.h"

namespace wriftai {

// Counters of all credentials' watches since the start; for metrics.
//
// Threads: loop. A value.
struct WatchStats {
  int64_t gets = 0;                  // Polls of one prediction.
  int64_t lists = 0;                 // Polls that fetched a page.
  int64_t seen_on_pages = 0;         // Watched states on fetched pages.
  int64_t waits = 0;                 // Subscriptions.
  int64_t waits_from_cache = 0;      // Of them, with a state known at once.
  int64_t ended = 0;                 // Predictions that ended while watched.
  DurationHistogram staleness;       // Time between two observations.
  DurationHistogram terminal_delay;  // From the end upstream to Notify.
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_WATCH_STATS_H_
