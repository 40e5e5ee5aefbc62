#include "upstream/core/idle_sweep.h"

#include <algorithm>

namespace wriftai {

void IdleSweep::OnCount(size_t count) {
  count_ = count;
  if (count_ > at_once_above_) {
    at_once_above_ = 2 * count_;
    RunIn(absl::ZeroDuration());
  } else if (timer_ == nullptr) {
    RunIn(forget_after_);
  }
}

void IdleSweep::RunIn(absl::Duration delay) {
  timer_ = scheduler_.PostAt(scheduler_.Now() + delay, [this] { Run(); });
}

void IdleSweep::Run() {
  timer_.reset();
  count_ = forget_(scheduler_.Now() -
                   (count_ > kMany ? forget_many_after_ : forget_after_));
  // Twice what cannot be forgotten: so each is looked at a few times alone.
  at_once_above_ = std::max(kMany, 2 * count_);
  if (count_ > 0) RunIn(forget_after_);
}

}  // namespace wriftai
