#include "sandbox/rate_limiter.h"

#include <algorithm>
#include <cmath>

namespace wriftai::sandbox {
namespace {

// Far more than tests use. Beyond this, all states are reset.
constexpr size_t kMaxStates = 100000;

absl::Time StartOfSecond(absl::Time time) {
  return absl::FromUnixSeconds(absl::ToUnixSeconds(time));
}

}  // namespace

RateLimiter::RateLimiter(Options options) : options_(options) {}

RateLimiter::Decision RateLimiter::Acquire(absl::string_view caller,
                                           Bucket bucket, absl::Time now) {
  MutexLock lock(mutex_);
  State& state = Current(caller, bucket, now);
  const bool allowed = state.tokens >= 1 || !options_.enforce;
  if (allowed) state.tokens = std::max(0.0, state.tokens - 1);
  Decision decision = Describe(state, bucket);
  decision.allowed = allowed;
  return decision;
}

RateLimiter::Decision RateLimiter::Peek(absl::string_view caller, Bucket bucket,
                                        absl::Time now) {
  MutexLock lock(mutex_);
  return Describe(Current(caller, bucket, now), bucket);
}

RateLimiter::State& RateLimiter::Current(absl::string_view caller,
                                         Bucket bucket, absl::Time now) {
  if (states_.size() >= kMaxStates) states_.clear();
  const double capacity = static_cast<double>(CapacityOf(bucket));
  const auto [it, is_new] =
      states_.try_emplace({std::string(caller), bucket}, State{now, capacity});
  State& state = it->second;
  if (options_.burst == 0) {
    const absl::Time window = StartOfSecond(now);
    if (is_new || state.since < window) state = State{window, capacity};
  } else {
    const double seconds = absl::ToDoubleSeconds(now - state.since);
    const double refill = seconds * static_cast<double>(RateOf(bucket));
    state = State{now, std::min(capacity, state.tokens + refill)};
  }
  return state;
}

RateLimiter::Decision RateLimiter::Describe(const State& state,
                                            Bucket bucket) const {
  Decision decision;
  decision.limit = RateOf(bucket);
  // Tolerates rounding errors.
  decision.remaining = static_cast<int64_t>(std::floor(state.tokens + 1e-9));
  if (options_.burst == 0) {
    decision.reset = state.since + absl::Seconds(1);
  } else {
    const double missing =
        static_cast<double>(CapacityOf(bucket)) - state.tokens;
    decision.reset =
        state.since +
        absl::Seconds(missing / static_cast<double>(RateOf(bucket)));
  }
  return decision;
}

int64_t RateLimiter::RateOf(Bucket bucket) const {
  switch (bucket) {
    case Bucket::kRead:
      return options_.read_rate;
    case Bucket::kCreate:
      return options_.create_rate;
    case Bucket::kAnonymous:
      return options_.anonymous_rate;
  }
  return 1;
}

int64_t RateLimiter::CapacityOf(Bucket bucket) const {
  return options_.burst > 0 ? options_.burst : RateOf(bucket);
}

void RateLimiter::Clear() {
  MutexLock lock(mutex_);
  states_.clear();
}

absl::string_view BucketName(RateLimiter::Bucket bucket) {
  switch (bucket) {
    case RateLimiter::Bucket::kRead:
      return "read";
    case RateLimiter::Bucket::kCreate:
      return "create";
    case RateLimiter::Bucket::kAnonymous:
      return "anonymous";
  }
  return "";
}

}  // namespace wriftai::sandbox
