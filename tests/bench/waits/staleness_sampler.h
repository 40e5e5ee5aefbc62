#ifndef WRIFTAI_TESTS_BENCH_WAITS_STALENESS_SAMPLER_H_
#define WRIFTAI_TESTS_BENCH_WAITS_STALENESS_SAMPLER_H_

#include <cstdint>
#include <random>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "tests/bench/waits/staleness.h"
#include "tests/bench/waits/wait_load.h"

namespace wriftai::bench {

// Samples OldestToMedian() of a load once in each second of the clock. The time
// within the second is random: upstream's budget restarts every second, and
// samples at a fixed phase would be biased.
//
// Threads: one, besides its own. `load` must outlive this. Fails: never.
class StalenessSampler {
 public:
  StalenessSampler(const WaitLoad& load, int64_t seed);
  ~StalenessSampler();

  // Stops sampling and returns the samples of the steady state.
  std::vector<Spread> Finish();

 private:
  void Run();

  const WaitLoad& load_;
  std::mt19937_64 random_;
  std::vector<Spread> samples_;
  absl::Notification stop_;
  std::thread thread_;
};

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_STALENESS_SAMPLER_H_
