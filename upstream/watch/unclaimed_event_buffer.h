#ifndef WRIFTAI_UPSTREAM_WATCH_UNCLAIMED_EVENT_BUFFER_H_
#define WRIFTAI_UPSTREAM_WATCH_UNCLAIMED_EVENT_BUFFER_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "base/event_loop.h"
#include "wriftai/v1/predictions.pb.h"

namespace wriftai {

// Events of predictions that no credential is known to own. A webhook may be
// faster than the answer to the create that it belongs to; so the newest event
// of each id is kept for a while, for whoever proves to own it.
//
// Threads: loop. Owns: the events. EventLoop must outlive it. Fails: never;
// what nobody has asked for in time is dropped and counted.
class UnclaimedEventBuffer {
 public:
  using Event = std::shared_ptr<const v1::Prediction>;

  // What a create may take by default.
  static constexpr absl::Duration kKeepFor = absl::Minutes(1);

  // Four of the largest, or some 6,000 small ones: 15 creates a second, each
  // of whose answers takes all of kKeepFor, are 900. The oldest go first.
  static constexpr int64_t kMaxBytes = 16 << 20;

  explicit UnclaimedEventBuffer(EventLoop& event_loop)
      : event_loop_(event_loop) {}

  void Keep(Event event);

  // Null where there is none. It stays, as another credential may own it too.
  Event Find(const std::string& id);

  // Ids that were given up before anybody had asked for them.
  int64_t dropped() const { return dropped_; }
  int64_t bytes() const { return bytes_; }

 private:
  struct Kept {
    Event event;
    int64_t bytes = 0;
    absl::Time expires_at;
    bool wanted = false;
    std::list<std::string>::iterator order;
  };

  void DropOldest();
  void Expire();

  EventLoop& event_loop_;
  std::map<std::string, Kept> events_;
  std::list<std::string> by_age_;  // The oldest first.
  int64_t bytes_ = 0;
  int64_t dropped_ = 0;
  TimerHandle expire_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_UNCLAIMED_EVENT_BUFFER_H_
