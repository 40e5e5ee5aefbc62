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

// The outcome of one wait.
struct WaitOutcome {
  // The index of the prediction.
  size_t prediction = 0;

  // Whether the final update arrived and the stream then ended with OK.
  bool completed = false;

  // From the end upstream until its update was received. For an incomplete
  // wait: until it was cancelled, a lower bound.
  double delay_seconds = 0;

  // The end upstream: as reported by the prediction, or as planned.
  absl::Time ends_at;

  // The error of an incomplete wait.
  std::string error;
};

// Many waiters in one process, spread evenly over the predictions, and those of
// each prediction over the gateways, on a few connections to each.
//
// Threads: one, besides gRPC's; States() any. Owns: the streams; the destructor
// cancels them. Fails: through the outcomes.
class WaitLoad {
 public:
  WaitLoad(const std::vector<std::string>& addresses, const std::string& token,
           const std::vector<Running>& running, size_t waiters,
           absl::Duration poll_interval);
  ~WaitLoad();
  WaitLoad(const WaitLoad&) = delete;
  WaitLoad& operator=(const WaitLoad&) = delete;

  // Starts all waits as fast as possible. To be called once.
  void Start();

  // Returns when all streams have ended, or at `deadline`.
  void AwaitEnds(absl::Time deadline);

  // The current state of each prediction.
  std::vector<KnownState> States() const;

  // Cancels the waits that have not ended.
  std::vector<WaitOutcome> Finish();

 private:
  class Stream;

  void OnStreamEnded();
  v1::Predictions::Stub& StubOf(size_t stream) const;
  bool AllEnded() const { return pending_ == 0; }
  void CancelAll();

  const std::vector<Running> running_;
  // By gateway.
  std::vector<std::vector<std::unique_ptr<v1::Predictions::Stub>>> stubs_;
  std::vector<std::unique_ptr<Stream>> streams_;
  absl::Mutex mutex_;
  size_t pending_ = 0;  // Guarded by mutex_.
};

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_WAIT_LOAD_H_
