#ifndef WRIFTAI_BASE_LISTENER_COUNTERS_H_
#define WRIFTAI_BASE_LISTENER_COUNTERS_H_

#include <atomic>
#include <cstdint>

namespace wriftai {

// Connections of one listening port, for metrics.
//
// Threads: any.
struct ListenerCounters {
  std::atomic<int64_t> limit{0};  // Maximum number of open connections.
  std::atomic<int64_t> open{0};

  std::atomic<int64_t> accepted{0};  // Including refused ones.

  // Closed right after accept() because the limit was reached.
  std::atomic<int64_t> refused{0};

  // Idle or slow connections that were closed in favor of new ones.
  std::atomic<int64_t> evicted{0};

  // Closed by MemoryGuard.
  std::atomic<int64_t> shed{0};

  // Failed accept() calls, mostly for lack of file descriptors. Retried.
  std::atomic<int64_t> accept_errors{0};
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_LISTENER_COUNTERS_H_
