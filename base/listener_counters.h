#ifndef WRIFTAI_BASE_LISTENER_COUNTERS_H_
#define WRIFTAI_BASE_LISTENER_COUNTERS_H_

#include <atomic>
#include <cstdint>

namespace wriftai {

// Connections of one listening port, for metrics.
//
// Threads: any.
struct ListenerCounters {
  std::atomic<int64_t> limit{0};  // The most that are open at the same time.
  std::atomic<int64_t> open{0};

  // Closed right after they were accepted, as there was no room.
  std::atomic<int64_t> refused{0};

  // Closed to make room: they were silent, or slow.
  std::atomic<int64_t> evicted{0};

  // Closed by MemoryGuard.
  std::atomic<int64_t> shed{0};

  // accept() failed, mostly for want of file descriptors. It is tried again.
  std::atomic<int64_t> accept_errors{0};
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_LISTENER_COUNTERS_H_
