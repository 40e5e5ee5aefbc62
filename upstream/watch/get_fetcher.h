#ifndef WRIFTAI_UPSTREAM_WATCH_GET_FETCHER_H_
#define WRIFTAI_UPSTREAM_WATCH_GET_FETCHER_H_

#include <cstddef>
#include <set>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/event_loop.h"
#include "base/random.h"
#include "upstream/prediction_calls.h"
#include "upstream/watch/poll_circuit_breaker.h"
#include "upstream/watch/poll_observer.h"
#include "upstream/watch/poll_planner.h"
#include "upstream/watch/poll_target.h"
#include "upstream/watch/recent_creates.h"
#include "upstream/watch/watch_table.h"

namespace wriftai {

// Sends the GETs of one credential's polls, and applies their results to the
// table.
//
// A transient failure (IsTransient) backs off its prediction, doubling from the
// interval up to kMaxPollDelay (PollFailures). So does a 404 shortly after the
// gateway's own create (RecentCreates). A failure that looks permanent ends the
// waits for its prediction at the fourth attempt; any other permanent failure
// does so at once. A rejected token ends all waits.
//
// Threads: loop. A target holds its GET in flight, and cancels it when it has
// no more waiters. The constructor's arguments must outlive this. Fails:
// through the table and the observer.
class GetFetcher {
 public:
  GetFetcher(WatchTable& table, const PollCircuitBreaker& breaker,
             PredictionReader& reader, const RecentCreates& recent_creates,
             EventLoop& event_loop, Random& random, PollObserver& observer)
      : table_(table),
        breaker_(breaker),
        reader_(reader),
        recent_creates_(recent_creates),
        event_loop_(event_loop),
        random_(random),
        observer_(observer) {}
  ~GetFetcher();

  // `early`: the target is not due yet, and still is when it would have been.
  void Fetch(PollTarget& target, CallContext context, bool early = false);

  size_t in_flight() const { return in_flight_.size(); }
  UnreliableGets CountUnreliable() const;

 private:
  class InFlight;

  void OnDone(PollTarget& target, Instant requested, bool early,
              absl::StatusOr<v1::Prediction> got);
  void OnFailed(PollTarget& target, const absl::Status& status);

  WatchTable& table_;
  const PollCircuitBreaker& breaker_;
  PredictionReader& reader_;
  const RecentCreates& recent_creates_;
  EventLoop& event_loop_;
  Random& random_;
  PollObserver& observer_;
  std::set<PollTarget*> in_flight_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_GET_FETCHER_H_
