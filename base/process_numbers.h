#ifndef WRIFTAI_BASE_PROCESS_NUMBERS_H_
#define WRIFTAI_BASE_PROCESS_NUMBERS_H_

#include <cstdint>
#include <optional>

namespace wriftai {

// What the kernel reports about this process. A value. Unset: it does not say,
// as for `open_fds` when there is no descriptor left to look with.
struct ProcessNumbers {
  double cpu_seconds = 0;  // User and system, of all threads.
  std::optional<int64_t> resident_bytes;
  std::optional<int64_t> virtual_bytes;
  std::optional<int64_t> threads;
  std::optional<int64_t> open_fds;
  std::optional<int64_t> max_fds;    // The soft limit; INT64_MAX: none.
  std::optional<double> started_at;  // Unix time in seconds.
};

// Reads them: some microseconds, and one for each ten descriptors. Any thread.
ProcessNumbers ReadProcessNumbers();

// ProcessNumbers::cpu_seconds alone, which takes less than a microsecond.
double ProcessCpuSeconds();

}  // namespace wriftai

#endif  // WRIFTAI_BASE_PROCESS_NUMBERS_H_
