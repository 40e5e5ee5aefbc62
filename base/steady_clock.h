#ifndef WRIFTAI_BASE_STEADY_CLOCK_H_
#define WRIFTAI_BASE_STEADY_CLOCK_H_

#include <chrono>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace wriftai {

// The time of a clock that nobody sets, from a start that means nothing: for
// what runs beside the loop, which has EventLoop::Now(). Any thread.
inline absl::Time SteadyNow() {
  return absl::UnixEpoch() +
         absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace wriftai

#endif  // WRIFTAI_BASE_STEADY_CLOCK_H_
