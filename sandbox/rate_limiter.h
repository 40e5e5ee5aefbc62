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
    // header describes exactly. Above: a bucket of that many tokens, refilled
    // at `rate` a second.
    int64_t burst = 0;
    // Off: all is counted and described, nothing refused.
    bool enforce = true;
  };

  struct Decision {
    bool allowed = true;
    int64_t limit = 0;
    int64_t remaining = 0;
    absl::Time reset;  // When the window ends, or the bucket is full.
  };

  explicit RateLimiter(Options options);

  // Counts a request, unless it is refused.
  Decision Take(absl::string_view caller, Bucket bucket, absl::Time now);

  // What Take() left, without counting.
  Decision Look(absl::string_view caller, Bucket bucket, absl::Time now);

  void Clear();

 private:
  struct State {
    absl::Time since;   // Start of the window, or of the last refill.
    double tokens = 0;  // What is left.
  };

  // The state at `now`, with what time has given back.
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
