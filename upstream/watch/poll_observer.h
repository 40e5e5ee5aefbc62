#ifndef WRIFTAI_UPSTREAM_WATCH_POLL_OBSERVER_H_
#define WRIFTAI_UPSTREAM_WATCH_POLL_OBSERVER_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "upstream/watch/poll_circuit_breaker.h"

namespace wriftai {

// What a poll says about the upstream as a whole. Its result has been applied
// to the watches before.
//
// Threads: loop.
class PollObserver {
 public:
  virtual ~PollObserver() = default;

  // The upstream responded with a state, or with a failure that is final.
  virtual void OnUpstreamResponse() = 0;

  // A poll of `item`, sent at `requested_at`, failed without ending a wait.
  // `standing` is that of the item before the failure.
  virtual void OnPollFailed(absl::string_view item,
                            PollCircuitBreaker::Standing standing,
                            const absl::Status& status, absl::Time requested_at,
                            absl::Duration interval) = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_POLL_OBSERVER_H_
