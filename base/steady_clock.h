#ifndef WRIFTAI_BASE_STEADY_CLOCK_H_
#define WRIFTAI_BASE_STEADY_CLOCK_H_

#include <chrono>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace wriftai {

// A monotonic clock with an arbitrary epoch, for code off the loop; the loop
// has EventLoop::Now(). Any thread.
inline absl::Time SteadyNow() {
  return absl::UnixEpoch() +
         absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace wriftai

#endif  // WRIFTAI_BASE_STEADY_CLOCK_H_
