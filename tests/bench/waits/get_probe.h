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

// A person or a service that asks now and then: one Get in each interval, at a
// random moment of it, of a random prediction that is still running. It asks
// on time even while an earlier answer is late, so that a gateway that stalls
// is not spared.
//
// Threads: one, beside its own and gRPC's. Owns: a connection, the calls.
// Fails: failures().
class GetProbe {
 public:
  struct Plan {
    std::string address;
    std::string token;
    absl::Duration interval;
    int64_t seed = 0;
  };

  // Asks until none is running.
  GetProbe(Plan plan, std::vector<Running> running);
  ~GetProbe();

  // Returns when the last call has been answered.
  void Finish();

  // After Finish(): what each call took that succeeded. Refusing is fast, and
  // shall not look like answering.
  std::vector<double> Milliseconds() const;
  size_t calls() const { return calls_.size(); }
  size_t failures() const;

 private:
  struct Call;

  void Run();
  const Running* RandomRunning(absl::Time now);
  void Ask(const std::string& id);
  bool AllAnswered() const { return under_way_ == 0; }

  const Plan plan_;
  std::vector<Running> running_;
  const std::unique_ptr<v1::Predictions::Stub> stub_;
  std::mt19937_64 random_;
  std::vector<std::unique_ptr<Call>> calls_;
  absl::Mutex mutex_;
  size_t under_way_ = 0;  // Under mutex_.
  std::thread thread_;
};

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_GET_PROBE_H_
