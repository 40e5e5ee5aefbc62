#ifndef WRIFTAI_TESTS_BENCH_WAITS_GATEWAY_LOAD_H_
#define WRIFTAI_TESTS_BENCH_WAITS_GATEWAY_LOAD_H_

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/bench/waits/options.h"
#include "tests/bench/waits/report.h"
#include "tests/bench/waits/server.h"
#include "tests/bench/waits/staleness.h"
#include "tests/bench/waits/upstream_counts.h"

namespace wriftai::bench {

// Many waits through a gateway, until all of them have ended.
struct LoadPlan {
  int64_t waiters = 0;
  int64_t predictions = 0;
  absl::Duration run_time;

  // One interactive Get in each; zero: none.
  absl::Duration get_interval;

  // The part of the budget that somebody else takes, from a third of the run
  // time on; zero: nobody.
  double consumer_share = 0;
};

struct LoadResult {
  int64_t waiters = 0;
  size_t lost = 0;                       // Waits that were not completed.
  size_t predictions_completed = 0;      // For at least one of the waiters.
  std::vector<double> delay_seconds;     // WaitOutcome's, of all waits.
  std::vector<double> oracle_seconds;    // What an oracle needs, of all waits.
  std::vector<Spread> staleness;         // See OldestToMedian().
  std::vector<double> get_milliseconds;  // Of those that succeeded.
  size_t gets = 0;
  size_t get_failures = 0;
  int64_t reads = 0;          // The gateway's requests upstream, creates apart.
  int64_t refused = 0;        // 429s of them.
  int64_t refused_later = 0;  // Without those of the first windows.
  int64_t consumer_reads = 0;
  int64_t consumer_refused = 0;
  double start_seconds = 0;  // What starting all waits took.
  Usage used;                // By the gateway.
  std::vector<std::string> notes;
};

// The first window is the second of the clock in which the waits begin, and
// that in which the other consumer begins.
absl::StatusOr<LoadResult> RunGatewayLoad(const Options& options,
                                          const LoadPlan& plan);

// The setup of `plan`, for a report.
std::vector<std::pair<std::string, double>> SetupOf(const Options& options,
                                                    const LoadPlan& plan);

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_GATEWAY_LOAD_H_
