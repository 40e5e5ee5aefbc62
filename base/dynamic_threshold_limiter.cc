#include "base/dynamic_threshold_limiter.h"

namespace wriftai {

DynamicThresholdLimiter::Slot::~Slot() {
  if (taken_ == nullptr) return;
  --taken_->all;
  if (--owner_->second == 0) taken_->by_owner.erase(owner_);
}

DynamicThresholdLimiter::DynamicThresholdLimiter(size_t max_slots, size_t share)
    : max_slots_(max_slots), share_(share), taken_(std::make_shared<Taken>()) {}

std::optional<DynamicThresholdLimiter::Slot>
DynamicThresholdLimiter::TryAcquire(const std::string& owner) {
  if (held_by(owner) >= share_ * (max_slots_ - taken_->all)) {
    return std::nullopt;
  }
  const auto entry = taken_->by_owner.try_emplace(owner, 0).first;
  ++entry->second;
  ++taken_->all;
  return Slot(taken_, entry);
}

size_t DynamicThresholdLimiter::held_by(const std::string& owner) const {
  const auto found = taken_->by_owner.find(owner);
  return found == taken_->by_owner.end() ? 0 : found->second;
}

}  // namespace wriftai
