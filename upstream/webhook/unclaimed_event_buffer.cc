#include "upstream/webhook/unclaimed_event_buffer.h"

#include <utility>

#include "upstream/prediction_state.h"

namespace wriftai {
namespace {

// Keys, nodes and the message's own overhead.
constexpr int64_t kEventOverhead = 1024;

}  // namespace

void UnclaimedEventBuffer::Add(Event event) {
  Entry& entry = events_[event->id()];
  if (entry.event == nullptr) {
    entry.order = by_age_.insert(by_age_.end(), event->id());
    entry.expires_at = event_loop_.Now() + kTtl;
  } else if (!MayFollow(*entry.event, *event)) {
    return;
  }
  bytes_ -= entry.bytes;
  entry.bytes = static_cast<int64_t>(event->ByteSizeLong()) + kEventOverhead;
  bytes_ += entry.bytes;
  entry.event = std::move(event);
  while (bytes_ > kMaxBytes) EvictOldest();
  if (expire_timer_ == nullptr) Expire();
}

UnclaimedEventBuffer::Event UnclaimedEventBuffer::Find(const std::string& id) {
  const auto found = events_.find(id);
  if (found == events_.end()) return nullptr;
  found->second.requested = true;
  return found->second.event;
}

void UnclaimedEventBuffer::EvictOldest() {
  const auto oldest = events_.find(by_age_.front());
  if (!oldest->second.requested) ++dropped_;
  bytes_ -= oldest->second.bytes;
  by_age_.pop_front();
  events_.erase(oldest);
}

void UnclaimedEventBuffer::Expire() {
  expire_timer_.reset();
  while (!by_age_.empty()) {
    const absl::Time next = events_.at(by_age_.front()).expires_at;
    if (next > event_loop_.Now()) {
      expire_timer_ = event_loop_.RunAt(next, [this] { Expire(); });
      return;
    }
    EvictOldest();
  }
}

}  // namespace wriftai
