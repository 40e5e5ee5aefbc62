#ifndef WRIFTAI_SANDBOX_CLOCK_H_
#define WRIFTAI_SANDBOX_CLOCK_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>

#include "absl/time/time.h"

namespace wriftai::sandbox {

// The sandbox's clock. Threads wait for a time only through it.
//
// Threads: any. Fails: never.
class Clock {
 public:
  virtual ~Clock() = default;

  // Wall-clock time that never goes backwards.
  virtual absl::Time Now() const = 0;

  // Blocks until Now() has reached `deadline` or `done()` is true. Calls `done`
  // first and after every Wake(), with the clock's lock held. `done` may take
  // other locks, but holders of those locks must not call Wake() or
  // WaitUntil().
  virtual void WaitUntil(absl::Time deadline,
                         const std::function<bool()>& done) = 0;

  // Makes all waiters check their `done` again.
  virtual void Wake() = 0;
};

// The wall-clock time at construction plus the time elapsed since then on the
// steady clock. Changes of the wall clock do not move deadlines.
class RealClock final : public Clock {
 public:
  RealClock();
  absl::Time Now() const override;
  void WaitUntil(absl::Time deadline,
                 const std::function<bool()>& done) override;
  void Wake() override;

 private:
  const absl::Time wall_start_;
  const std::chrono::steady_clock::time_point steady_start_;
  std::mutex mutex_;
  std::condition_variable woken_;
};

// A clock that advances only when a test calls Advance().
class ManualClock final : public Clock {
 public:
  explicit ManualClock(absl::Time start);

  absl::Time Now() const override;
  void WaitUntil(absl::Time deadline,
                 const std::function<bool()>& done) override;
  void Wake() override;

  void Advance(absl::Duration step);

  // Blocks until at least `count` threads wait on the clock. Tests use this
  // instead of sleeping.
  void AwaitWaiters(int count);

 private:
  std::atomic<absl::Time> now_;
  std::mutex mutex_;
  std::condition_variable woken_;
  std::condition_variable arrived_;
  int waiters_ = 0;
};

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_CLOCK_H_
