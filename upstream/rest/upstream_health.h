#ifndef WRIFTAI_UPSTREAM_REST_UPSTREAM_HEALTH_H_
#define WRIFTAI_UPSTREAM_REST_UPSTREAM_HEALTH_H_

#include <functional>
#include <optional>
#include <utility>

#include "absl/time/time.h"
#include "upstream/rest/upstream_result.h"

namespace wriftai {

// Whether the upstream works, judging by its last responses. Healthy until
// several consecutive requests fail, of any callers, and again after the first
// success.
//
// Threads: loop. Owns: nothing else. Fails: never.
class UpstreamHealth {
 public:
  // Consecutive failures. One lost connection may fail the requests on it, and
  // one or two retries.
  static constexpr int kUnhealthyThreshold = 5;

  using Listener = std::function<void(bool healthy)>;

  // Records a request's result. `now`: EventLoop::Now().
  void OnResult(UpstreamResult result, absl::Time now);

  bool healthy() const { return failures_ < kUnhealthyThreshold; }

  // The latest failure; nullopt: none yet.
  const std::optional<UpstreamResult>& last_failure() const {
    return last_failure_;
  }

  // When it became unhealthy or healthy last.
  absl::Time changed_at() const { return changed_at_; }

  // Calls `listener` after each change from now on. Null: none.
  void SetListener(Listener listener) { listener_ = std::move(listener); }

 private:
  int failures_ = 0;  // Consecutive, up to kUnhealthyThreshold.
  std::optional<UpstreamResult> last_failure_;
  absl::Time changed_at_ = absl::InfinitePast();
  Listener listener_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_REST_UPSTREAM_HEALTH_H_
