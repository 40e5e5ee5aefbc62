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
#include "tests/bench/waits/servers.h"
#include "tests/bench/waits/staleness.h"
#include "tests/bench/waits/upstream_counts.h"

namespace wriftai::bench {

// A load of many waits through a gateway, until all of them have ended.
struct LoadPlan {
  int64_t waiters = 0;
  int64_t predictions = 0;
  absl::Duration run_time;

  // One interactive Get per interval; zero: none.
  absl::Duration get_interval;

  // The fraction of the budget that a second consumer uses after a third of the
  // run time; zero: no such consumer.
  double consumer_share = 0;

  // Gateways that act as one, each with the same share of the waits.
  size_t replicas = 1;
};

struct LoadResult {
  int64_t waiters = 0;
  size_t lost = 0;                     // Waits that were not completed.
  size_t predictions_completed = 0;    // For at least one of the waiters.
  std::vector<double> delay_seconds;   // Of all waits; see WaitOutcome.
  std::vector<double> oracle_seconds;  // Of all waits, with an oracle.
  // The same, with one that also serves the Gets.
  std::vector<double> oracle_with_gets_seconds;
  std::vector<Spread> staleness;         // See OldestToMedian().
  std::vector<double> get_milliseconds;  // Of successful Gets.
  size_t gets = 0;
  size_t get_failures = 0;
  int64_t reads = 0;          // The gateway's requests except creates.
  int64_t refused = 0;        // The gateway's 429s.
  int64_t refused_later = 0;  // Excludes those of the first windows.
  int64_t consumer_reads = 0;
  int64_t consumer_refused = 0;
  double start_seconds = 0;  // The time to start all waits.
  Usage used;                // By the gateways.
  std::vector<std::string> notes;
};

// The first windows are the seconds of the clock in which the waits and the
// second consumer start.
absl::StatusOr<LoadResult> RunGatewayLoad(const Options& options,
                                          const LoadPlan& plan);

// The setup of `plan`, for a report.
std::vector<std::pair<std::string, double>> SetupOf(const Options& options,
                                                    const LoadPlan& plan);

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_GATEWAY_LOAD_H_
