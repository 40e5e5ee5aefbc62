#ifndef WRIFTAI_TESTS_BENCH_POLLING_CONSUMER_SWEEP_H_
#define WRIFTAI_TESTS_BENCH_POLLING_CONSUMER_SWEEP_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/polling/scenario.h"

namespace wriftai::bench {

// Other consumers of the token beside the waits of `second_consumer`.
struct ConsumerCase {
  std::string text;
  // They begin at different times relative to the seconds of the clock: all
  // consumers of one run are this much later than in the case.
  std::vector<Consumer> consumers;
  absl::Duration latency = absl::Milliseconds(2);
};

// Of kPhases runs.
struct ConsumerSweep {
  // Mean delay relative to the oracle's: mean, and of the worst phase.
  double mean_ratio = 0;
  double max_ratio = 0;
  int64_t limited_later = 0;  // 429s of the gateway; see ScenarioResult.
  int64_t other_limited = 0;  // Of the others,
  int64_t other_over = 0;     // and those that they would also get alone.
  int unfinished = 0;
};

// One for each twentieth of two seconds, in which one that reads 3 times in two
// seconds returns to the same place.
constexpr int kPhases = 20;

std::vector<ConsumerCase> ConsumerCases();

// Deterministic.
ConsumerSweep SweepPhases(const ConsumerCase& consumers);

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_POLLING_CONSUMER_SWEEP_H_
