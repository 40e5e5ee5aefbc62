#ifndef WRIFTAI_TESTS_BENCH_WAITS_WAIT_LOAD_H_
#define WRIFTAI_TESTS_BENCH_WAITS_WAIT_LOAD_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "tests/bench/waits/scene.h"
#include "tests/bench/waits/staleness.h"

namespace wriftai::bench {

// How one wait went.
struct WaitOutcome {
  // The index of the prediction that it waited for.
  size_t prediction = 0;

  // Whether the ended prediction came, and the stream then ended with OK.
  bool completed = false;

  // From the end upstream until the update that tells of it was there; of a
  // wait that was not completed, until it was given up, which is less than it
  // would have been.
  double delay_seconds = 0;

  // The end upstream: as the prediction says, or as it was planned.
  absl::Time ends_at;

  // What the stream ended with, where it was not completed.
  std::string error;
};

// Many waiters in one process, spread evenly over the predictions, on a few
// connections.
//
// Threads: one, beside gRPC's; States() any. Owns: the streams, which it
// cancels with it. Fails: through the outcomes.
class WaitLoad {
 public:
  WaitLoad(const std::string& address, const std::string& token,
           const std::vector<Running>& running, size_t waiters,
           absl::Duration poll_interval);
  ~WaitLoad();
  WaitLoad(const WaitLoad&) = delete;
  WaitLoad& operator=(const WaitLoad&) = delete;

  // Starts all waits, as fast as it goes. Once.
  void Start();

  // Returns when all streams have ended, or at `deadline`.
  void AwaitEnds(absl::Time deadline);

  // What is known about each prediction just now.
  std::vector<KnownState> States() const;

  // Cancels what has not ended.
  std::vector<WaitOutcome> Finish();

 private:
  class Stream;

  void OnStreamEnded();
  bool AllEnded() const { return under_way_ == 0; }
  void CancelAll();

  const std::vector<Running> running_;
  std::vector<std::unique_ptr<v1::Predictions::Stub>> stubs_;
  std::vector<std::unique_ptr<Stream>> streams_;
  absl::Mutex mutex_;
  size_t under_way_ = 0;  // Under mutex_.
};

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_WAIT_LOAD_H_
