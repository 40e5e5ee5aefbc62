#ifndef WRIFTAI_TESTS_BENCH_POLLING_SCENARIO_H_
#define WRIFTAI_TESTS_BENCH_POLLING_SCENARIO_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace wriftai::bench {

// Another consumer of the token. Reads once per `interval`, from `begin` to
// `end`, counted from the start.
struct Consumer {
  absl::Duration interval;
  absl::Duration begin;
  absl::Duration end = absl::InfiniteDuration();
  // Reads that it sends at once.
  int burst = 1;
  // Its reads come at random times, `interval` is the mean.
  bool irregular = false;
  // It stops at its first 429, as the official client does.
  bool stops_if_limited = false;
};

// A scenario of `waits` (docs/benchmarks.md) in virtual time: predictions of
// one token, each with one waiter, whose wait starts with the create's
// response.
struct Scenario {
  std::string text;
  std::vector<absl::Duration> run_times;
  // Whether each prediction is created after the end of the previous one.
  bool one_by_one = false;
  absl::Duration pause;  // Between them.
  absl::Duration poll_interval = absl::Seconds(1);
  std::string model = "m";      // Empty: one model per prediction.
  absl::Duration get_interval;  // Of interactive Gets. Zero: none.
  std::vector<Consumer> consumers;
  uint64_t seed = 1;
  // Maximum latency of a request, and of its response.
  absl::Duration latency = absl::Milliseconds(2);
  absl::Duration start;  // After the beginning of a second of the clock.
};

struct ScenarioResult {
  double mean_delay = 0;      // Seconds from the end to its notification.
  double oracle_delay = 0;    // The minimum that others leave.
  double naive_delay = 0;     // Of clients that poll once a second.
  double reads = 0;           // Per prediction.
  int64_t limited = 0;        // 429s of the gateway.
  int64_t limited_later = 0;  // Those after each consumer's first second.
  int64_t other_reads = 0;
  int64_t other_limited = 0;  // 429s of the other consumers.
  int64_t other_over = 0;     // Those that they cause themselves.
  int64_t min_left = 0;       // The fewest reads left in a second of the clock.
  int64_t updates = 0;        // That the waiters got.
  int unfinished = 0;
};

// Deterministic. The upstream allows 3 reads in each second of the clock.
ScenarioResult RunScenario(const Scenario& scenario);

// The scenarios of docs/benchmarks.md, with the same numbers.
Scenario OneScenario(uint64_t seed);
Scenario LoadScenario(uint64_t seed);
Scenario SecondConsumerScenario(uint64_t seed);

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_POLLING_SCENARIO_H_
