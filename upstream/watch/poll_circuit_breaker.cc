#include "upstream/watch/poll_circuit_breaker.h"

#include <algorithm>

#include "upstream/retry_policy.h"

namespace wriftai {

void PollCircuitBreaker::OnResponse(absl::Time now) {
  *this = PollCircuitBreaker();
  last_response_ = now;
}

void PollCircuitBreaker::OnFailure(absl::string_view item, Standing standing,
                                   absl::Time requested_at, absl::Time now,
                                   absl::Duration interval, Random& random) {
  if (open_) {
    // A request from before the last probe or the opening says nothing new.
    if (requested_at < probe_at_) return;
    probe_in_flight_ = false;
    ++failed_probes_;
    BackOff(now, random);
    return;
  }
  if (standing == Standing::kFailing) return;
  if (since_ == absl::InfinitePast()) {
    since_ = now;
    first_item_ = std::string(item);
  } else if (item != first_item_) {
    several_items_ = true;
  }
  healthy_item_ = healthy_item_ || standing == Standing::kHealthy;
  if (several_items_ && (healthy_item_ || now - last_response_ > kRecent)) {
    Open(now, interval, random);
  }
}

void PollCircuitBreaker::Open(absl::Time now, absl::Duration interval,
                              Random& random) {
  open_ = true;
  interval_ = std::max(interval, absl::Seconds(1));
  probe_at_ = now;
  failed_probes_ = 1;
  BackOff(now, random);
}

void PollCircuitBreaker::BackOff(absl::Time now, Random& random) {
  const absl::Duration longest = std::max(interval_, kMaxProbeDelay);
  retry_at_ =
      now + BackoffPolicy{interval_, longest}.Delay(failed_probes_, random);
}

void PollCircuitBreaker::OnProbe(absl::Time now, Random& random) {
  // The previous probe got no response in time.
  if (probe_in_flight_) ++failed_probes_;
  ++probes_;
  probe_in_flight_ = true;
  probe_at_ = now;
  BackOff(now, random);
}

absl::Time PollCircuitBreaker::ProbeAt(bool untried) const {
  const absl::Time due =
      untried ? std::min(retry_at_, probe_at_ + kUntriedProbeInterval)
              : retry_at_;
  return probe_in_flight_ ? std::max(due, probe_at_ + kMaxProbeWait) : due;
}

}  // namespace wriftai
