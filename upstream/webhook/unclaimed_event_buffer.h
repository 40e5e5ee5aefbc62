#ifndef WRIFTAI_UPSTREAM_WEBHOOK_UNCLAIMED_EVENT_BUFFER_H_
#define WRIFTAI_UPSTREAM_WEBHOOK_UNCLAIMED_EVENT_BUFFER_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "base/event_loop.h"
#include "proto/predictions.h"

namespace wriftai {

// Webhook events of predictions without a known owner. A webhook may arrive
// before the response to the create of its prediction. So the newest event of
// each id is kept for a while, until a credential is known to own it.
//
// Threads: loop. Owns: the events. The event loop must outlive it. Fails:
// never; events that expire unclaimed are dropped and counted.
class UnclaimedEventBuffer {
 public:
  using Event = std::shared_ptr<const v1::Prediction>;

  // The default timeout of a create.
  static constexpr absl::Duration kTtl = absl::Minutes(1);

  // Four of the largest events, or about 6,000 small ones. The published limit
  // of 15 creates per second gives 900 in kTtl. The oldest are evicted first.
  static constexpr int64_t kMaxBytes = 16 << 20;

  explicit UnclaimedEventBuffer(EventLoop& event_loop)
      : event_loop_(event_loop) {}

  void Add(Event event);

  // Null if none exists. The event stays, since other credentials may own it,
  // too.
  Event Find(const std::string& id);

  // Number of ids that were dropped without a Find().
  int64_t dropped() const { return dropped_; }
  int64_t bytes() const { return bytes_; }

 private:
  struct Entry {
    Event event;
    int64_t bytes = 0;
    absl::Time expires_at;
    bool requested = false;
    std::list<std::string>::iterator order;
  };

  void EvictOldest();
  void Expire();

  EventLoop& event_loop_;
  std::map<std::string, Entry> events_;
  std::list<std::string> by_age_;  // Oldest first.
  int64_t bytes_ = 0;
  int64_t dropped_ = 0;
  TimerHandle expire_timer_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WEBHOOK_UNCLAIMED_EVENT_BUFFER_H_
