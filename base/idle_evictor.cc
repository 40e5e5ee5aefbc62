#include "base/idle_evictor.h"

#include <algorithm>

namespace wriftai {

void IdleEvictor::OnCount(size_t count) {
  count_ = count;
  if (count_ > evict_now_above_) {
    evict_now_above_ = 2 * count_;
    RunIn(absl::ZeroDuration());
  } else if (timer_ == nullptr) {
    RunIn(idle_timeout_);
  }
}

void IdleEvictor::RunIn(absl::Duration delay) {
  timer_ = event_loop_.RunAt(event_loop_.Now() + delay, [this] { Run(); });
}

void IdleEvictor::Run() {
  timer_.reset();
  count_ = evict_(event_loop_.Now() - (count_ > kHighWatermark
                                           ? pressure_idle_timeout_
                                           : idle_timeout_));
  // Doubling keeps the amortized cost per entry constant when none are idle.
  evict_now_above_ = std::max(kHighWatermark, 2 * count_);
  if (count_ > 0) RunIn(idle_timeout_);
}

}  // namespace wriftai
