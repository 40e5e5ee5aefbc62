#ifndef WRIFTAI_TESTS_UPSTREAM_BUDGET_LIMITED_UPSTREAM_H_
#define WRIFTAI_TESTS_UPSTREAM_BUDGET_LIMITED_UPSTREAM_H_

#include <cstdint>
#include <list>
#include <vector>

#include "absl/time/time.h"
#include "base/random.h"
#include "sandbox/rate_limiter.h"
#include "tests/support/manual_event_loop.h"
#include "upstream/budget/budget.h"
#include "upstream/budget/rate_limit.h"

namespace wriftai {

// The rate limit of `decision` as the sandbox puts it into headers: in whole
// seconds, rounded up. Decided at `wall`; the response arrives `back` later.
RateLimit RateLimitOf(const sandbox::RateLimiter::Decision& decision,
                      absl::Time wall, absl::Duration back,
                      bool reset_as_delta = false);

// An upstream on virtual time that limits requests as the sandbox does.
// Requests and responses each take a random network latency.
//
// Threads: the test's. EventLoop must outlive it.
class LimitedUpstream {
 public:
  LimitedUpstream(sandbox::RateLimiter::Options options,
                  ManualEventLoop& event_loop, uint64_t seed)
      : limiter_(options), event_loop_(event_loop), random_(seed) {}

  // Maximum time for a request to arrive.
  absl::Duration latency = absl::Milliseconds(20);
  bool reset_as_delta = false;
  bool headers = true;

  // Sends a request with `permit`, which gets the response's rate limit.
  void Send(Permit permit);

  // Cancels all requests in flight. They still arrive.
  void CancelRequests();

  // Sends a request of another consumer of the token. limited() does not count
  // its 429s.
  void SendFromOther();

  bool busy() const { return !requests_.empty(); }
  int64_t succeeded() const { return succeeded_; }
  int64_t limited() const { return limited_; }

 private:
  struct Request {
    Permit permit;
    TimerHandle timer;
  };

  void Arrive(std::list<Request>::iterator request);
  absl::Duration Latency() { return latency * random_.Uniform(); }

  sandbox::RateLimiter limiter_;
  ManualEventLoop& event_loop_;
  Random random_;
  std::list<Request> requests_;
  int64_t succeeded_ = 0;
  int64_t limited_ = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_UPSTREAM_BUDGET_LIMITED_UPSTREAM_H_
