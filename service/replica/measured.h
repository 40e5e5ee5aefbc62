#ifndef WRIFTAI_SERVICE_REPLICA_MEASURED_H_
#define WRIFTAI_SERVICE_REPLICA_MEASURED_H_

#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/event_loop.h"

namespace wriftai {

inline const absl::Status& StatusOf(const absl::Status& status) {
  return status;
}
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

// The callback of a call that starts now. Before `done`, it runs `count` with
// the duration of the call, and with its status. On the loop. `clock` must
// outlive it.
template <typename Result, typename Count>
absl::AnyInvocable<void(Result)> Measured(
    const EventLoop& clock, Count count,
    absl::AnyInvocable<void(Result)> done) {
  return [&clock, sent_at = clock.Now(), count,
          done = std::move(done)](Result result) mutable {
    count(clock.Now() - sent_at, StatusOf(result));
    done(std::move(result));
  };
}

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_REPLICA_MEASURED_H_
