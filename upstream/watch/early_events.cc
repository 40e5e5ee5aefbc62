#include "upstream/watch/early_events.h"

#include <utility>

#include "upstream/watch/snapshot.h"

namespace wriftai {
namespace {

// Keys, nodes and the message's own structure.
constexpr int64_t kEventOverhead = 1024;

}  // namespace

void EarlyEvents::Keep(Event event) {
  Kept& kept = events_[event->id()];
  if (kept.event == nullptr) {
    kept.order = by_age_.insert(by_age_.end(), event->id());
    kept.expires_at = scheduler_.Now() + kKeepFor;
  } else if (!MayFollow(*kept.event, *event)) {
    return;
  }
  bytes_ -= kept.bytes;
  kept.bytes = static_cast<int64_t>(event->ByteSizeLong()) + kEventOverhead;
  bytes_ += kept.bytes;
  kept.event = std::move(event);
  while (bytes_ > kMostBytes) DropOldest();
  if (expire_ == nullptr) Expire();
}

EarlyEvents::Event EarlyEvents::Find(const std::string& id) {
  const auto found = events_.find(id);
  if (found == events_.end()) return nullptr;
  found->second.wanted = true;
  return found->second.event;
}

void EarlyEvents::DropOldest() {
  const auto oldest = events_.find(by_age_.front());
  if (!oldest->second.wanted) ++dropped_;
  bytes_ -= oldest->second.bytes;
  by_age_.pop_front();
  events_.erase(oldest);
}

void EarlyEvents::Expire() {
  expire_.reset();
  while (!by_age_.empty()) {
    const absl::Time next = events_.at(by_age_.front()).expires_at;
    if (next > scheduler_.Now()) {
      expire_ = scheduler_.PostAt(next, [this] { Expire(); });
      return;
    }
    DropOldest();
  }
}

}  // namespace wriftai
