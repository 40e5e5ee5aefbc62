#ifndef WRIFTAI_TESTS_BENCH_MICRO_MEASURED_H_
#define WRIFTAI_TESTS_BENCH_MICRO_MEASURED_H_

#include <cstdint>

#include "benchmark/benchmark.h"
#include "tests/bench/micro/libc_counts.h"

namespace wriftai {

// While it exists, instructions are counted if the program runs under
// callgrind, and allocations and copied bytes if libc_counts is preloaded
// (count.py does both). Callgrind writes one dump for each object.
class Counting {
 public:
  // `operations`: in each iteration of `state`.
  Counting(benchmark::State& state, int64_t operations);
  ~Counting();
  Counting(const Counting&) = delete;
  Counting& operator=(const Counting&) = delete;

 private:
  struct Counts {
    uint64_t allocations = 0;
    uint64_t allocated_bytes = 0;
    uint64_t copied_bytes = 0;
  };
  Counts Now() const;

  benchmark::State& state_;
  const int64_t operations_;
  const LibcCounts* const libc_;  // Null if libc_counts is not preloaded.
  const Counts before_;
};

// Measures `run`, which does `operations` times what the case is about. Runs it
// twice before: neither the first state nor the first change of one is
// measured.
template <typename Run>
void Measure(benchmark::State& state, int64_t operations, Run run) {
  run();
  run();
  const Counting counting(state, operations);
  for (auto _ : state) run();
}

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_BENCH_MICRO_MEASURED_H_
