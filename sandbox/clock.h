#ifndef WRIFTAI_SANDBOX_CLOCK_H_
#define WRIFTAI_SANDBOX_CLOCK_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>

#include "absl/time/time.h"

namespace wriftai::sandbox {

// The sandbox's time, and the one way in which its threads wait for it.
//
// Threads: any. Owns: nothing of its callers. Fails: never.
class Clock {
 public:
  virtual ~Clock() = default;

  // Wall-clock time, which never goes backwards.
  virtual absl::Time Now() const = 0;

  // Blocks until Now() has reached `deadline` or `done()` is true. `done` is
  // asked at once and after every Wake(), under a lock of the clock: it may
  // take locks of its own, under which nobody may then call Wake() or this.
  virtual void WaitUntil(absl::Time deadline,
                         const std::function<bool()>& done) = 0;

  // Lets all who wait ask their `done` again.
  virtual void Wake() = 0;
};

// The time at construction plus what has gone by since then on the machine's
// steady clock, so that a step of the wall clock moves no deadline.
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

// Stands still until a test moves it.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(absl::Time start);

  absl::Time Now() const override;
  void WaitUntil(absl::Time deadline,
                 const std::function<bool()>& done) override;
  void Wake() override;

  void Advance(absl::Duration step);

  // Blocks until at least `count` threads wait on the clock: what a test does
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
