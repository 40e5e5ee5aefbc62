#ifndef WRIFTAI_SANDBOX_RATE_LIMITER_H_
#define WRIFTAI_SANDBOX_RATE_LIMITER_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/mutex.h"

namespace wriftai::sandbox {

// Counts requests by caller and bucket.
//
// Threads: any. Fails: never.
class RateLimiter {
 public:
  enum class Bucket { kRead, kCreate, kAnonymous };

  struct Options {
    // Requests per second, as published.
    int64_t read_rate = 3;
    int64_t create_rate = 15;
    int64_t anonymous_rate = 1;
    // 0: at most `rate` requests in each second of the clock, which the reset
    // header describes exactly. Otherwise: the capacity of a token bucket that
    // is refilled at `rate` per second.
    int64_t burst = 0;
    // If false, counts and reports requests but refuses none.
    bool enforce = true;
  };

  struct Decision {
    bool allowed = true;
    int64_t limit = 0;
    int64_t remaining = 0;
    absl::Time reset;  // When the window ends, or the bucket is full.
  };

  explicit RateLimiter(Options options);

  // Counts a request unless it is refused.
  Decision Acquire(absl::string_view caller, Bucket bucket, absl::Time now);

  // Returns the current state without counting a request.
  Decision Peek(absl::string_view caller, Bucket bucket, absl::Time now);

  void Clear();

 private:
  struct State {
    absl::Time since;   // Start of the window or time of the last refill.
    double tokens = 0;  // Remaining requests.
  };

  // The state at `now`, refilled for the elapsed time.
  State& Current(absl::string_view caller, Bucket bucket, absl::Time now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Decision Describe(const State& state, Bucket bucket) const;
  int64_t RateOf(Bucket bucket) const;
  int64_t CapacityOf(Bucket bucket) const;

  const Options options_;
  Mutex mutex_;
  std::map<std::pair<std::string, Bucket>, State> states_
      ABSL_GUARDED_BY(mutex_);
};

absl::string_view BucketName(RateLimiter::Bucket bucket);

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_RATE_LIMITER_H_
