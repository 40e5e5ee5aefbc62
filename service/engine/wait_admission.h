#ifndef WRIFTAI_SERVICE_ENGINE_WAIT_ADMISSION_H_
#define WRIFTAI_SERVICE_ENGINE_WAIT_ADMISSION_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/credential.h"
#include "base/dynamic_threshold_limiter.h"
#include "base/event_loop.h"
#include "base/random.h"
#include "upstream/watch/prediction_observer.h"

namespace wriftai {

// Decides which waits may start, and how long each may run.
//
// Threads: loop; the constructor any. EventLoop and random must outlive it, and
// it must outlive its slots.
class WaitAdmission {
 public:
  struct Options {
    size_t max_waits = 0;
    absl::Duration max_wait;
    absl::Duration stream_grace;  // See EngineOptions.
  };

  WaitAdmission(const Options& options, const EventLoop& event_loop,
                Random& random);

  // A slot for one wait; hold it until the stream is gone. Fails like
  // CheckServing(), and with RESOURCE_EXHAUSTED (TOO_MANY_WAITS, RetryInfo) if
  // no slot is left for the credential.
  absl::StatusOr<DynamicThresholdLimiter::Slot> Acquire(
      const Credential& credential);

  // `options` with their end set from the maximum wait, or earlier, so that the
  // stream ends before gRPC closes its aged connection.
  WatchOptions Bounded(WatchOptions options);

  // From now on, CheckServing() and Acquire() fail.
  void BeginDrain() { draining_ = true; }

  // DrainStatus() while draining, because a new wait would have to move at
  // once.
  absl::Status CheckServing();

  // UNAVAILABLE (DRAINING) with a jittered RetryInfo, to spread the retries.
  absl::Status DrainStatus();

 private:
  const absl::Duration max_wait_;
  const absl::Duration max_stream_age_;
  const EventLoop& event_loop_;
  Random& random_;
  DynamicThresholdLimiter slots_;  // By the credential's key.
  bool draining_ = false;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ENGINE_WAIT_ADMISSION_H_
