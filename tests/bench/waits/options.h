#ifndef WRIFTAI_TESTS_BENCH_WAITS_OPTIONS_H_
#define WRIFTAI_TESTS_BENCH_WAITS_OPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/bench/waits/report.h"

namespace wriftai::bench {

// What to measure, and at which scale. The defaults are the full scale.
struct Options {
  std::string gateway;  // Paths of the programs.
  std::string sandbox;
  std::string etcd;
  std::string bare_grpc;
  std::vector<std::string> scenarios;  // Empty: all.
  std::string json;                    // Output file; empty: none.
  Check check = Check::kNone;
  bool is_short = false;
  bool help_requested = false;
  std::string help;

  // Upstream's limit of reads per second and token. Creates, which only set up
  // the scenario, are not limited.
  int64_t read_rate = 3;

  // Ends per second upstream. 0: five times the read rate, the ratio of the
  // published create and read limits.
  double end_rate = 0;

  // Scenarios load and replicas. `run_time`: from the creation to the first
  // end.
  int64_t waiters = 10000;
  int64_t predictions = 1000;
  absl::Duration run_time = absl::Seconds(60);
  absl::Duration get_interval = absl::Seconds(2);

  // The poll interval that waits through the gateway request.
  absl::Duration poll_interval = absl::Seconds(1);

  // Scenario replicas: the same work as in load.
  int64_t replicas_waiters = 10000;
  int64_t replicas_predictions = 1000;

  // Scenario second_consumer.
  int64_t shared_waiters = 1000;
  int64_t shared_predictions = 100;
  absl::Duration shared_run_time = absl::Seconds(30);

  // Scenario two_credentials.
  int64_t large_waiters = 5000;
  int64_t large_predictions = 500;
  int64_t small_waiters = 5;
  int64_t small_rounds = 20;
  absl::Duration small_run_time = absl::Seconds(4);

  // Scenario one.
  int64_t one_rounds = 20;
  absl::Duration one_run_time = absl::Seconds(3);

  // Scenario webhooks: creates at upstream's published limit.
  // `webhook_run_time`: the duration of each prediction.
  int64_t create_rate = 15;
  absl::Duration create_time = absl::Minutes(10);
  absl::Duration webhook_run_time = absl::Seconds(60);
  int64_t idle_waiters = 10000;
  int64_t idle_predictions = 100;

  // Scenario forwarded_get: rounds at the owner, and as many at another
  // replica.
  int64_t get_rounds = 10;
  absl::Duration get_round_time = absl::Seconds(3);
  absl::Duration get_round_interval = absl::Milliseconds(5);

  // Sockets that all naive clients share. In reality each has its own, but
  // 10,000 may exceed a process's limit and would wait for the same 2 cores.
  int64_t naive_connections = 64;

  // Waits are lost after twice the time that the budget needs, plus this.
  absl::Duration patience = absl::Seconds(10);

  int64_t seed = 1;

  double EndRate() const {
    return end_rate > 0 ? end_rate : 5 * static_cast<double>(read_rate);
  }
};

// `program` is argv[0]. The other programs are expected in the same directory.
absl::StatusOr<Options> ParseOptions(const std::string& program,
                                     const std::vector<std::string>& arguments);

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_OPTIONS_H_
