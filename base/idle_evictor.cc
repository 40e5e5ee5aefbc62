#include "base/idle_evictor.h"

#include <algorithm>

namespace wriftai {

void IdleEvictor::OnCount(size_t count) {
  count_ = count;
  if (count_ > at_once_above_) {
    at_once_above_ = 2 * count_;
    RunIn(absl::ZeroDuration());
  } else if (timer_ == nullptr) {
    RunIn(forget_after_);
  }
}

void IdleEvictor::RunIn(absl::Duration delay) {
  timer_ = event_loop_.RunAt(event_loop_.Now() + delay, [this] { Run(); });
}

void IdleEvictor::Run() {
  timer_.reset();
  count_ =
      forget_(event_loop_.Now() -
              (count_ > kHighWatermark ? forget_many_after_ : forget_after_));
  // Twice what cannot be forgotten: so each is looked at a few times alone.
  at_once_above_ = std::max(kHighWatermark, 2 * count_);
  if (count_ > 0) RunIn(forget_after_);
}

}  // namespace wriftai
