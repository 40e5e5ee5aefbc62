#ifndef WRIFTAI_UPSTREAM_WATCH_REJECTED_TOKEN_CACHE_H_
#define WRIFTAI_UPSTREAM_WATCH_REJECTED_TOKEN_CACHE_H_

#include <cstdint>
#include <map>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/event_loop.h"
#include "upstream/watch/prediction_observer.h"

namespace wriftai {

// Remembers that the upstream rejected the token of one credential. New waits
// shortly after fail with the same status and no request, since thousands of
// waiters may retry at once.
//
// Threads: loop. Owns: the pending notifications. The event loop must outlive
// it. Fails: never.
class RejectedTokenCache {
 public:
  // How long a rejection is remembered.
  static constexpr absl::Duration kTtl = absl::Seconds(5);

  explicit RejectedTokenCache(EventLoop& event_loop)
      : event_loop_(event_loop) {}

  // The upstream rejected the token with `status`, which is UNAUTHENTICATED.
  void Record(absl::Status status);

  bool active() const { return event_loop_.Now() < expires_at_; }

  // Calls `observer` in a separate task on the loop, unless Cancel() is called
  // with its `key` before.
  void Notify(uint64_t key, PredictionObserver& observer);
  void Cancel(uint64_t key) { pending_.erase(key); }

 private:
  EventLoop& event_loop_;
  absl::Status status_;
  absl::Time expires_at_ = absl::InfinitePast();
  std::map<uint64_t, TimerHandle> pending_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_REJECTED_TOKEN_CACHE_H_
