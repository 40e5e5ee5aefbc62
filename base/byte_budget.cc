#include "base/byte_budget.h"

#include <utility>

namespace wriftai {
namespace {

// A single owner may hold up to four fifths of the budget.
constexpr size_t kShare = 4;

}  // namespace

ByteBudget::Hold& ByteBudget::Hold::operator=(Hold&& other) noexcept {
  if (this != &other) {
    Release();
    taken_ = std::move(other.taken_);
    owner_ = std::move(other.owner_);
    bytes_ = other.bytes_;
  }
  return *this;
}

void ByteBudget::Hold::Release() {
  if (taken_ == nullptr) return;
  const std::shared_ptr<Taken> taken = std::move(taken_);
  const MutexLock lock(taken->mutex);
  taken->all -= bytes_;
  const auto owner = taken->by_owner.find(owner_);
  owner->second -= bytes_;
  if (owner->second == 0) taken->by_owner.erase(owner);
}

std::optional<ByteBudget::Hold> ByteBudget::TryAcquire(const std::string& owner,
                                                       size_t bytes) {
  if (bytes == 0) return Hold();
  const MutexLock lock(taken_->mutex);
  const auto found = taken_->by_owner.find(owner);
  const size_t owned = found == taken_->by_owner.end() ? 0 : found->second;
  const size_t free = max_bytes_ - taken_->all;
  if (bytes > free || owned + bytes > kShare * (free - bytes)) {
    return std::nullopt;
  }
  taken_->all += bytes;
  taken_->by_owner[owner] += bytes;
  return Hold(taken_, owner, bytes);
}

size_t ByteBudget::held() const {
  const MutexLock lock(taken_->mutex);
  return taken_->all;
}

}  // namespace wriftai
