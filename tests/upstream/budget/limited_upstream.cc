#include "tests/upstream/budget/limited_upstream.h"

#include <cmath>
#include <utility>

namespace wriftai {
namespace {

using sandbox::RateLimiter;

absl::Duration CeilSeconds(absl::Duration duration) {
  return absl::Seconds(std::ceil(absl::ToDoubleSeconds(duration)));
}

}  // namespace

void LimitedUpstream::Send(Permit permit) {
  const auto request =
      requests_.insert(requests_.end(), {std::move(permit), nullptr});
  request->timer = scheduler_.PostAt(scheduler_.Now() + Latency(),
                                     [this, request] { Arrive(request); });
}

void LimitedUpstream::SendFromOther() {
  limiter_.Take("token", RateLimiter::Bucket::kRead, scheduler_.WallNow());
}

void LimitedUpstream::Arrive(std::list<Request>::iterator request) {
  const absl::Time wall = scheduler_.WallNow();
  const RateLimiter::Decision decision =
      limiter_.Take("token", RateLimiter::Bucket::kRead, wall);
  const absl::Duration back = Latency();
  RateLimit rate;
  if (headers) {
    rate.limit = decision.limit;
    rate.remaining = decision.remaining;
    // As the sandbox sends it: whole seconds, rounded up.
    const absl::Time reset =
        absl::UnixEpoch() + CeilSeconds(decision.reset - absl::UnixEpoch());
    rate.reset_is_time = !reset_as_delta;
    rate.reset_after =
        reset_as_delta ? CeilSeconds(decision.reset - wall)
                       : std::max(reset - wall - back, absl::ZeroDuration());
  }
  const bool allowed = decision.allowed;
  request->timer = scheduler_.PostAt(
      scheduler_.Now() + back, [this, request, rate, allowed] {
        ++(allowed ? answered_ : limited_);
        Permit permit = std::move(request->permit);
        // The timer that runs this dies with the request.
        const Request done = std::move(*request);
        requests_.erase(request);
        permit.OnReply(rate, !allowed);
      });
}

}  // namespace wriftai
