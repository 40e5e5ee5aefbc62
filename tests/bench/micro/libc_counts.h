#ifndef WRIFTAI_TESTS_BENCH_MICRO_LIBC_COUNTS_H_
#define WRIFTAI_TESTS_BENCH_MICRO_LIBC_COUNTS_H_

#include <atomic>
#include <cstdint>

namespace wriftai {

// What the process has asked of the C library since its start. With the
// environment variable LIBC_COUNTS, it is in the file of that name, so that
// another process can read it.
struct LibcCounts {
  std::atomic<uint64_t> allocations;
  std::atomic<uint64_t> allocated_bytes;
  std::atomic<uint64_t> copied_bytes;
};

}  // namespace wriftai

// Defined in the library libc_counts, which is preloaded (LD_PRELOAD).
extern "C" const wriftai::LibcCounts* WriftaiLibcCounts();

#endif  // WRIFTAI_TESTS_BENCH_MICRO_LIBC_COUNTS_H_
