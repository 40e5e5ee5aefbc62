#ifndef WRIFTAI_TESTS_BENCH_WAITS_GET_PROBE_H_
#define WRIFTAI_TESTS_BENCH_WAITS_GET_PROBE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "tests/bench/waits/scene.h"

namespace wriftai::bench {

// Simulates interactive use: one Get per interval, at a random time within it,
// of a random prediction that is still running. Does not wait for earlier
// responses, so that a stalled gateway is measured correctly. The gateways take
// turns.
//
// Threads: one, besides its own and gRPC's. Owns: connections, the calls.
// Fails: failures().
class GetProbe {
 public:
  struct Plan {
    std::vector<std::string> addresses;
    std::string token;
    absl::Duration interval;
    int64_t seed = 0;
  };

  // Sends Gets until no prediction is running.
  GetProbe(Plan plan, std::vector<Running> running);
  ~GetProbe();

  // Returns after the response to the last call.
  void Finish();

  // After Finish(): the latency of each successful call. Excludes failures,
  // which may be faster.
  std::vector<double> Milliseconds() const;
  // When each call started.
  std::vector<absl::Time> Starts() const;
  size_t calls() const { return calls_.size(); }
  size_t failures() const;

 private:
  struct Call;

  void Run();
  const Running* RandomRunning(absl::Time now);
  void SendGet(const std::string& id);
  bool AllDone() const { return pending_ == 0; }

  const Plan plan_;
  std::vector<Running> running_;
  std::vector<std::unique_ptr<v1::Predictions::Stub>> stubs_;
  std::mt19937_64 random_;
  std::vector<std::unique_ptr<Call>> calls_;
  absl::Mutex mutex_;
  size_t pending_ = 0;  // Guarded by mutex_.
  std::thread thread_;
};

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_GET_PROBE_H_
