#include "tests/bench/micro/measured.h"

#include <dlfcn.h>

// A build only of the programs needs no valgrind. parts.py notices.
#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_START_INSTRUMENTATION
#define CALLGRIND_STOP_INSTRUMENTATION
#define CALLGRIND_ZERO_STATS
#define CALLGRIND_DUMP_STATS
#endif

namespace wriftai {
namespace {

const LibcCounts* FindLibcCounts() {
  const auto counts = reinterpret_cast<decltype(&WriftaiLibcCounts)>(
      dlsym(RTLD_DEFAULT, "WriftaiLibcCounts"));
  return counts == nullptr ? nullptr : counts();
}

}  // namespace

// Outside of valgrind, the macros do nothing.
Counting::Counting(benchmark::State& state, int64_t operations)
    : state_(state),
      operations_(operations),
      libc_(FindLibcCounts()),
      before_(Now()) {
  CALLGRIND_START_INSTRUMENTATION;
  CALLGRIND_ZERO_STATS;
}

Counting::~Counting() {
  CALLGRIND_STOP_INSTRUMENTATION;
  CALLGRIND_DUMP_STATS;
  const Counts after = Now();
  const auto operations = static_cast<double>(operations_);
  state_.SetItemsProcessed(state_.iterations() * operations_);
  state_.counters["operations"] = operations;
  if (libc_ == nullptr) return;
  const auto report = [&](const char* name, uint64_t count) {
    state_.counters[name] =
        benchmark::Counter(static_cast<double>(count) / operations,
                           benchmark::Counter::kAvgIterations);
  };
  report("allocations", after.allocations - before_.allocations);
  report("allocated_bytes", after.allocated_bytes - before_.allocated_bytes);
  report("copied_bytes", after.copied_bytes - before_.copied_bytes);
}

Counting::Counts Counting::Now() const {
  if (libc_ == nullptr) return {};
  return {libc_->allocations, libc_->allocated_bytes, libc_->copied_bytes};
}

}  // namespace wriftai
