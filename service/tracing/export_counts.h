#ifndef WRIFTAI_SERVICE_TRACING_EXPORT_COUNTS_H_
#define WRIFTAI_SERVICE_TRACING_EXPORT_COUNTS_H_

#include <atomic>
#include <cstdint>

namespace wriftai {

// What became of the recorded spans, for metrics. Any thread.
struct ExportCounts {
  std::atomic<int64_t> exported{0};       // The collector took them.
  std::atomic<int64_t> rejected{0};       // It took others of their batch.
  std::atomic<int64_t> queue_full{0};     // Dropped: the queue was full.
  std::atomic<int64_t> export_failed{0};  // Dropped: no attempt succeeded.
  std::atomic<int64_t> queued{0};         // Not exported yet.
  std::atomic<int64_t> attempts_ok{0};
  std::atomic<int64_t> attempts_failed{0};
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TRACING_EXPORT_COUNTS_H_
