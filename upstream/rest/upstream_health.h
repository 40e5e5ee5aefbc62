#ifndef WRIFTAI_UPSTREAM_REST_UPSTREAM_HEALTH_H_
#define WRIFTAI_UPSTREAM_REST_UPSTREAM_HEALTH_H_

#include <functional>
#include <utility>

#include "upstream/http/http_message.h"

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

  // Records a request's result. Any status below 500 counts as success.
  // `by_deadline`: a timeout was the caller's deadline and does not count.
  void OnResult(const HttpResult& result, bool by_deadline);

  bool healthy() const { return failures_ < kUnhealthyThreshold; }

  // Calls `listener` after each change from now on. Null: none.
  void SetListener(Listener listener) { listener_ = std::move(listener); }

 private:
  int failures_ = 0;  // Consecutive, up to kUnhealthyThreshold.
  Listener listener_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_REST_UPSTREAM_HEALTH_H_
