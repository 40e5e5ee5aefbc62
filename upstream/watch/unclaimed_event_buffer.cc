#include "upstream/watch/unclaimed_event_buffer.h"

#include <utility>

#include "upstream/watch/snapshot.h"

namespace wriftai {
namespace {

// Keys, nodes and the message's own structure.
constexpr int64_t kEventOverhead = 1024;

}  // namespace

void UnclaimedEventBuffer::Keep(Event event) {
  Kept& kept = events_[event->id()];
  if (kept.event == nullptr) {
    kept.order = by_age_.insert(by_age_.end(), event->id());
    kept.expires_at = event_loop_.Now() + kKeepFor;
  } else if (!MayFollow(*kept.event, *event)) {
    return;
  }
  bytes_ -= kept.bytes;
  kept.bytes = static_cast<int64_t>(event->ByteSizeLong()) + kEventOverhead;
  bytes_ += kept.bytes;
  kept.event = std::move(event);
  while (bytes_ > kMaxBytes) DropOldest();
  if (expire_ == nullptr) Expire();
}

UnclaimedEventBuffer::Event UnclaimedEventBuffer::Find(const std::string& id) {
  const auto found = events_.find(id);
  if (found == events_.end()) return nullptr;
  found->second.wanted = true;
  return found->second.event;
}

void UnclaimedEventBuffer::DropOldest() {
  const auto oldest = events_.find(by_age_.front());
  if (!oldest->second.wanted) ++dropped_;
  bytes_ -= oldest->second.bytes;
  by_age_.pop_front();
  events_.erase(oldest);
}

void UnclaimedEventBuffer::Expire() {
  expire_.reset();
  while (!by_age_.empty()) {
    const absl::Time next = events_.at(by_age_.front()).expires_at;
    if (next > event_loop_.Now()) {
      expire_ = event_loop_.RunAt(next, [this] { Expire(); });
      return;
    }
    DropOldest();
  }
}

}  // namespace wriftai
