#ifndef WRIFTAI_UPSTREAM_WATCH_REJECTED_TOKEN_CACHE_H_
#define WRIFTAI_UPSTREAM_WATCH_REJECTED_TOKEN_CACHE_H_

#include <cstdint>
#include <map>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/event_loop.h"
#include "upstream/watch/prediction_observer.h"

namespace wriftai {

// That the upstream has refused a token: who waits with it shortly after is
// told so without asking again, since thousands that come back at once must not
// ask one by one.
//
// Threads: loop. Owns: what is still to be told. EventLoop must outlive it.
// Fails: never.
class RejectedTokenCache {
 public:
  // How long it is believed.
  static constexpr absl::Duration kBelievedFor = absl::Seconds(5);

  explicit RejectedTokenCache(EventLoop& event_loop)
      : event_loop_(event_loop) {}

  // The upstream has refused it, with that UNAUTHENTICATED.
  void Begin(absl::Status refusal);

  bool in_force() const { return event_loop_.Now() < until_; }

  // Tells `observer`, from the loop, unless the key that is returned is
  // forgotten before. Keys are counted down from the greatest number, so that
  // they are not among those of waiters.
  uint64_t Notify(PredictionObserver& observer);
  void Forget(uint64_t key) { untold_.erase(key); }

 private:
  EventLoop& event_loop_;
  absl::Status refusal_;
  absl::Time until_ = absl::InfinitePast();
  std::map<uint64_t, TimerHandle> untold_;
  uint64_t next_key_ = UINT64_MAX;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_REJECTED_TOKEN_CACHE_H_
