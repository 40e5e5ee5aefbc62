#ifndef WRIFTAI_CLIENT_CALL_RETRIES_H_
#define WRIFTAI_CLIENT_CALL_RETRIES_H_

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <functional>
#include <optional>

#include "absl/time/time.h"
#include "client/call/backoff.h"
#include "client/host.h"
#include "client/output/error_details.h"

namespace wriftai::client {

// The delays between the attempts of a call: the gateway's, or else a backoff.
//
// Threads: one. `host` must outlive this. Fails: never.
class Retries {
 public:
  explicit Retries(Host& host) : host_(host), backoff_(host.random) {}

  // To be called after a successful attempt.
  void Reset() { backoff_.Reset(); }

  // How long to wait before the attempt after one that ended with `status`.
  // Unset: that attempt would begin too late for `until`.
  std::optional<absl::Duration> DelayAfter(const grpc::Status& status,
                                           absl::Time until) {
    const auto requested = RetryDelay(status);
    const absl::Duration delay =
        std::max(requested.has_value() ? *requested : backoff_.Next(), kTick);
    if (host_.clock.Now() + delay >= until) return std::nullopt;
    return delay;
  }

  // Calls `on_tick` every kTick. Returns false early on a signal.
  bool Sleep(absl::Duration delay, const std::function<void()>& on_tick) {
    const absl::Time until = host_.clock.Now() + delay;
    while (host_.clock.Now() < until) {
      if (host_.interrupt.Signal() != 0) return false;
      host_.clock.Sleep(std::min(until - host_.clock.Now(), kTick));
      on_tick();
    }
    return host_.interrupt.Signal() == 0;
  }

 private:
  Host& host_;
  Backoff backoff_;
};

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_CALL_RETRIES_H_
