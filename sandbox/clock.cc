#include "sandbox/clock.h"

#include <algorithm>

#include "absl/time/clock.h"

namespace wriftai::sandbox {

RealClock::RealClock()
    : wall_start_(absl::Now()),
      steady_start_(std::chrono::steady_clock::now()) {}

absl::Time RealClock::Now() const {
  return wall_start_ +
         absl::FromChrono(std::chrono::steady_clock::now() - steady_start_);
}

void RealClock::WaitUntil(absl::Time deadline,
                          const std::function<bool()>& done) {
  // wait_for() overflows for very long durations, so this waits in steps.
  constexpr absl::Duration kMaxWait = absl::Hours(1);
  std::unique_lock<std::mutex> lock(mutex_);
  while (!done()) {
    const absl::Duration left = deadline - Now();
    if (left <= absl::ZeroDuration()) return;
    woken_.wait_for(lock, absl::ToChronoNanoseconds(std::min(left, kMaxWait)));
  }
}

void RealClock::Wake() {
  std::lock_guard<std::mutex> lock(mutex_);
  woken_.notify_all();
}

ManualClock::ManualClock(absl::Time start) : now_(start) {}

absl::Time ManualClock::Now() const { return now_.load(); }

void ManualClock::WaitUntil(absl::Time deadline,
                            const std::function<bool()>& done) {
  std::unique_lock<std::mutex> lock(mutex_);
  ++waiters_;
  arrived_.notify_all();
  woken_.wait(lock, [&] { return done() || Now() >= deadline; });
  --waiters_;
}

void ManualClock::Wake() {
  std::lock_guard<std::mutex> lock(mutex_);
  woken_.notify_all();
}

void ManualClock::Advance(absl::Duration step) {
  std::lock_guard<std::mutex> lock(mutex_);
  now_.store(now_.load() + step);
  woken_.notify_all();
}

void ManualClock::AwaitWaiters(int count) {
  std::unique_lock<std::mutex> lock(mutex_);
  arrived_.wait(lock, [&] { return waiters_ >= count; });
}

}  // namespace wriftai::sandbox
