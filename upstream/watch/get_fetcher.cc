#include "upstream/watch/get_fetcher.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "upstream/error_details.h"
#include "upstream/retry_policy.h"

namespace wriftai {

// Counts a GET for as long as its target holds it.
class GetFetcher::InFlight : public Call {
 public:
  InFlight(GetFetcher& fetcher, PollTarget& target)
      : fetcher_(fetcher), target_(target) {
    fetcher_.in_flight_.insert(&target_);
  }
  ~InFlight() override { fetcher_.in_flight_.erase(&target_); }

  void set_call(CallHandle call) { call_ = std::move(call); }

 private:
  GetFetcher& fetcher_;
  PollTarget& target_;
  CallHandle call_;
};

GetFetcher::~GetFetcher() {
  while (!in_flight_.empty()) (*in_flight_.begin())->get.reset();
}

void GetFetcher::Fetch(PollTarget& target, CallContext context, bool early) {
  const Instant requested = event_loop_.ThisInstant();
  target.get_sent_at = requested.now;
  if (!early) target.requested_at = requested.now;
  auto in_flight = std::make_unique<InFlight>(*this, target);
  in_flight->set_call(reader_.Get(
      std::move(context), target.watch.id(),
      [this, &target, requested, early](absl::StatusOr<v1::Prediction> got) {
        OnDone(target, requested, early, std::move(got));
      }));
  target.get = std::move(in_flight);
  table_.polls().OnChanged(target);
}

UnreliableGets GetFetcher::CountUnreliable() const {
  UnreliableGets unreliable;
  for (const PollTarget* const target : in_flight_) {
    if (target->failures.any()) ++unreliable.failing;
    if (!target->has_succeeded()) ++unreliable.untried;
  }
  return unreliable;
}

void GetFetcher::OnDone(PollTarget& target, Instant requested, bool early,
                        absl::StatusOr<v1::Prediction> got) {
  target.get.reset();
  table_.polls().OnChanged(target);
  if (early && target.DueAt() <= event_loop_.Now()) {
    // It has become due in the meantime.
    target.requested_at = requested.now;
    early = false;
  }
  table_.tracer().OnResult(target.watch.id(), PollKind::kGet, got.status());
  if (!got.ok()) {
    OnFailed(target, got.status());
  } else {
    const Instant observed = event_loop_.ThisInstant();
    target.succeeded_at = observed.now;
    Observation observation(*std::move(got), v1::SOURCE_GET, requested,
                            observed);
    observation.set_is_own_poll();
    observation.set_is_early(early);
    table_.Apply(std::move(observation));
    observer_.OnUpstreamResponse();
  }
  // One more may be in flight.
  table_.MarkDirty();
}

void GetFetcher::OnFailed(PollTarget& target, const absl::Status& status) {
  const absl::Time now = event_loop_.Now();
  const absl::Duration interval = target.watch.interval();
  const auto standing = target.standing();
  if (status.code() == absl::StatusCode::kUnauthenticated) {
    table_.RejectToken(status);
    return;
  }
  bool ends = false;
  const absl::Time grace_end =
      recent_creates_.GraceEnd(table_.credential()->key(), target.watch.id());
  if (IsMissing(status) && target.get_sent_at < grace_end) {
    target.failures.OnMissing(grace_end, now, random_);
  } else if (IsTransient(status)) {
    // Starts now, since a poll that timed out has already taken long.
    target.failures.OnFailure(status, std::max(interval, absl::Seconds(1)),
                              std::max(interval, kMaxPollDelay), now,
                              breaker_.last_response(), random_);
    ends = target.failures.permanent();
  } else {
    ends = true;
  }
  if (ends) {
    observer_.OnUpstreamResponse();
    table_.Fail(target, status);
    return;
  }
  observer_.OnPollFailed(target.watch.id(), standing, status,
                         target.get_sent_at, interval);
}

}  // namespace wriftai
