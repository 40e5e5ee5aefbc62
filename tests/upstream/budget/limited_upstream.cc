#include "tests/upstream/budget/limited_upstream.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace wriftai {
namespace {

using sandbox::RateLimiter;

absl::Duration CeilSeconds(absl::Duration duration) {
  return absl::Seconds(std::ceil(absl::ToDoubleSeconds(duration)));
}

}  // namespace

RateLimit RateLimitOf(const RateLimiter::Decision& decision, absl::Time wall,
                      absl::Duration back, bool reset_as_delta) {
  RateLimit rate;
  rate.limit = decision.limit;
  rate.remaining = decision.remaining;
  const absl::Time reset =
      absl::UnixEpoch() + CeilSeconds(decision.reset - absl::UnixEpoch());
  rate.reset_is_time = !reset_as_delta;
  rate.reset_after = reset_as_delta
                         ? CeilSeconds(decision.reset - wall)
                         : std::max(reset - wall - back, absl::ZeroDuration());
  return rate;
}

void LimitedUpstream::Send(Permit permit) {
  const auto request =
      requests_.insert(requests_.end(), {std::move(permit), nullptr});
  request->timer = event_loop_.RunAt(event_loop_.Now() + Latency(),
                                     [this, request] { Arrive(request); });
}

void LimitedUpstream::CancelRequests() {
  for (Request& request : requests_) request.permit = Permit();
}

void LimitedUpstream::SendFromOther() {
  limiter_.Acquire("token", RateLimiter::Bucket::kRead, event_loop_.WallNow());
}

void LimitedUpstream::Arrive(std::list<Request>::iterator request) {
  const absl::Time wall = event_loop_.WallNow();
  const RateLimiter::Decision decision =
      limiter_.Acquire("token", RateLimiter::Bucket::kRead, wall);
  const absl::Duration back = Latency();
  const RateLimit rate =
      headers ? RateLimitOf(decision, wall, back, reset_as_delta) : RateLimit();
  const bool allowed = decision.allowed;
  request->timer = event_loop_.RunAt(
      event_loop_.Now() + back, [this, request, rate, allowed] {
        ++(allowed ? succeeded_ : limited_);
        Permit permit = std::move(request->permit);
        // Destroys the request, and the timer running this, at the end.
        const Request done = std::move(*request);
        requests_.erase(request);
        permit.OnResponse(rate, !allowed);
      });
}

}  // namespace wriftai
