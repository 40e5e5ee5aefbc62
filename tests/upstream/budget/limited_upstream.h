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

// What a response says of `decision`, as the sandbox puts it into headers:
// whole seconds, rounded up. It arrives `back` after `wall`, when it was
// decided.
RateLimit RateLimitOf(const sandbox::RateLimiter::Decision& decision,
                      absl::Time wall, absl::Duration back,
                      bool reset_as_delta = false);

// An upstream on virtual time that counts and refuses as the sandbox does, with
// the network in between: a request arrives after a random time, its response
// as late again.
//
// Threads: the test's. The event_loop must outlive it.
class LimitedUpstream {
 public:
  LimitedUpstream(sandbox::RateLimiter::Options options,
                  ManualEventLoop& event_loop, uint64_t seed)
      : limiter_(options), event_loop_(event_loop), random_(seed) {}

  // What a request takes to arrive: up to this.
  absl::Duration latency = absl::Milliseconds(20);
  bool reset_as_delta = false;
  bool headers = true;

  // Sends a request under `permit`, whose response corrects the budget.
  void Send(Permit permit);

  // The callers of all that is under way give up: it arrives all the same.
  void DropReplies();

  // Another consumer of the token sends one; its own 429s count apart.
  void SendFromOther();

  bool busy() const { return !requests_.empty(); }
  int64_t answered() const { return answered_; }
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
  int64_t answered_ = 0;
  int64_t limited_ = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_UPSTREAM_BUDGET_LIMITED_UPSTREAM_H_
