#ifndef WRIFTAI_UPSTREAM_WATCH_WATCH_STATS_H_
#define WRIFTAI_UPSTREAM_WATCH_WATCH_STATS_H_

#include <cstdint>

#include "base/histogram.h"

namespace wriftai {

// What the watches of all credentials have done since the start; for metrics.
//
// Threads: loop. A value.
struct WatchStats {
  int64_t gets = 0;              // Polls that asked for one prediction.
  int64_t lists = 0;             // Polls that fetched a page.
  int64_t seen_on_pages = 0;     // States that pages brought.
  int64_t waits = 0;             // Waiters that came.
  int64_t waits_from_cache = 0;  // Of them, told at once from what was known.
  int64_t ended = 0;             // Predictions that ended while watched.
  DurationHistogram staleness;   // From one observation to the next.
  DurationHistogram terminal_delay;  // From the end upstream to its telling.
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_WATCH_STATS_H_
