#ifndef WRIFTAI_CLIENT_CALL_BACKOFF_H_
#define WRIFTAI_CLIENT_CALL_BACKOFF_H_

#include <algorithm>
#include <functional>
#include <utility>

#include "absl/time/time.h"

namespace wriftai::client {

// Delays between retries when the gateway sends no retry delay: 0.5 s, doubled
// up to 10 s. Each is jittered down to at least half, so that clients of a
// failed gateway do not reconnect all at once.
//
// Threads: one. Fails: never.
class Backoff {
 public:
  // `random` returns values in [0, 1).
  explicit Backoff(std::function<double()> random)
      : random_(std::move(random)) {}

  absl::Duration Next() {
    const absl::Duration delay = max_delay_ * (0.5 + 0.5 * random_());
    max_delay_ = std::min(max_delay_ * 2, kMaxDelay);
    return delay;
  }

  // To be called after a successful attempt.
  void Reset() { max_delay_ = kInitialDelay; }

 private:
  static constexpr absl::Duration kInitialDelay = absl::Milliseconds(500);
  static constexpr absl::Duration kMaxDelay = absl::Seconds(10);

  const std::function<double()> random_;
  absl::Duration max_delay_ = kInitialDelay;
};

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_CALL_BACKOFF_H_
