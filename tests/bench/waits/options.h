#ifndef WRIFTAI_TESTS_BENCH_WAITS_OPTIONS_H_
#define WRIFTAI_TESTS_BENCH_WAITS_OPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/bench/waits/report.h"

namespace wriftai::bench {

// What is measured, at which size. The defaults are the full size.
struct Options {
  std::string gateway;  // The programs.
  std::string sandbox;
  std::vector<std::string> scenarios;  // Empty: all.
  std::string json;                    // The file; empty: none.
  Check check = Check::kNone;
  bool is_short = false;
  bool help_requested = false;
  std::string help;

  // What upstream lets in per second and token; creates are not limited, as
  // they are only there to set the scene.
  int64_t read_rate = 3;

  // Ends per second upstream. 0: five times the read rate, as predictions are
  // published to be created five times as fast as they can be read.
  double end_rate = 0;

  // Scenario load. `run_time`: from the creation to the first end.
  int64_t waiters = 10000;
  int64_t predictions = 1000;
  absl::Duration run_time = absl::Seconds(60);
  absl::Duration get_interval = absl::Seconds(2);

  // How often the waits through the gateway ask to be told.
  absl::Duration poll_interval = absl::Seconds(1);

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

  // Scenario webhooks: creates as fast as upstream's published limit lets them
  // in; `webhook_run_time`: what each prediction takes.
  int64_t create_rate = 15;
  absl::Duration create_time = absl::Minutes(10);
  absl::Duration webhook_run_time = absl::Seconds(60);
  int64_t idle_waiters = 10000;
  int64_t idle_predictions = 100;

  // Sockets of the naive clients together. Each has its own in reality; here
  // 10,000 would be more than a process may open, and they would only wait for
  // the same 2 cores.
  int64_t naive_connections = 64;

  // After twice the time that the budget needs, and this, waits are given up.
  absl::Duration patience = absl::Seconds(10);

  int64_t seed = 1;

  double EndRate() const {
    return end_rate > 0 ? end_rate : 5 * static_cast<double>(read_rate);
  }
};

// `program` is argv[0]: the other programs are looked for where it is built.
absl::StatusOr<Options> ParseOptions(const std::string& program,
                                     const std::vector<std::string>& arguments);

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_OPTIONS_H_
