// What the watches of one credential cost, by their number.

#include <cstdint>

#include "tests/bench/micro/many_watches.h"
#include "tests/bench/micro/measured.h"

namespace wriftai {
namespace {

using Operation = void (ManyWatches::*)();

void Watches(benchmark::State& state, Operation operation) {
  // Enough for the mean to vary by a few percent.
  constexpr int64_t kOperations = 32;
  ManyWatches watches(state.range(0));
  Measure(state, kOperations, [&] {
    for (int64_t i = 0; i < kOperations; ++i) (watches.*operation)();
  });
}

void Numbers(benchmark::internal::Benchmark* numbers) {
  numbers->Arg(100)->Arg(10'000)->Arg(100'000);
}

BENCHMARK_CAPTURE(Watches, poll, &ManyWatches::Poll)->Apply(Numbers);
BENCHMARK_CAPTURE(Watches, subscribe_and_unsubscribe,
                  &ManyWatches::SubscribeAndUnsubscribe)
    ->Apply(Numbers);
BENCHMARK_CAPTURE(Watches, apply_unchanged, &ManyWatches::ApplyUnchanged)
    ->Apply(Numbers);
BENCHMARK_CAPTURE(Watches, apply_change, &ManyWatches::ApplyChange)
    ->Apply(Numbers);

}  // namespace
}  // namespace wriftai
