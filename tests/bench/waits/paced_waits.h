#ifndef WRIFTAI_TESTS_BENCH_WAITS_PACED_WAITS_H_
#define WRIFTAI_TESTS_BENCH_WAITS_PACED_WAITS_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "tests/bench/waits/scene.h"

namespace wriftai::bench {

// Predictions that are created one after the other at a steady rate, each
// waited for by the call that creates it. The gateways take turns.
//
// Threads: one, besides gRPC's. Owns: the streams; the destructor cancels them.
// Fails: through the result.
class PacedWaits {
 public:
  struct Plan {
    double per_second = 0;
    size_t count = 0;
    absl::Duration run_time;
  };
  struct Result {
    size_t lost = 0;        // Waits without a final update.
    size_t by_webhook = 0;  // Waits whose final update came from a webhook.
    // For completed waits: from the end upstream (updated_at) until the update
    // was received.
    std::vector<double> delay_milliseconds;
    std::string error;  // The error of a lost wait.
  };

  PacedWaits(const std::vector<std::string>& addresses,
             const std::string& token, const Plan& plan);
  ~PacedWaits();
  PacedWaits(const PacedWaits&) = delete;
  PacedWaits& operator=(const PacedWaits&) = delete;

  // Creates all, then waits for their ends, at most `patience` longer than
  // planned.
  Result Run(absl::Duration patience);

 private:
  class Stream;

  void OnStreamEnded();
  bool AllEnded() const { return pending_ == 0; }
  void AwaitEnds(absl::Time deadline);

  const Plan plan_;
  std::vector<std::unique_ptr<v1::Predictions::Stub>> stubs_;
  std::vector<std::unique_ptr<Stream>> streams_;
  absl::Mutex mutex_;
  size_t pending_ = 0;  // Guarded by mutex_.
};

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_PACED_WAITS_H_
