#ifndef WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_POLL_BACKOFF_H_
#define WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_POLL_BACKOFF_H_

#include <algorithm>

#include "absl/time/time.h"

namespace wriftai {

// How reliable webhook deliveries are, expressed as the maximum poll interval
// of predictions with active webhooks. There is one for the gateway, since all
// deliveries take the same path and fail together.
//
// Each new event adds 1% of the initial interval; each missed event divides the
// interval by eight. With one miss in three events, the waiters' own intervals
// apply. With one in a hundred it stays near the initial interval, and one in a
// thousand has little effect.
//
// Threads: loop. A value.
class WebhookReliability {
 public:
  // Maximum, as a multiple of the initial interval. By default that is five
  // minutes: longer intervals save little, and delay updates if webhooks fail.
  static constexpr int kMaxMultiple = 10;
  static constexpr double kGain = 0.01;
  static constexpr double kMissFactor = 1.0 / 8;

  explicit WebhookReliability(absl::Duration initial)
      : initial_(initial), interval_(initial) {}

  absl::Duration initial() const { return initial_; }
  absl::Duration max() const { return initial_ * kMaxMultiple; }
  absl::Duration interval() const { return interval_; }

  void OnEvent() { interval_ = std::min(max(), interval_ + initial_ * kGain); }
  void OnMissed() { interval_ *= kMissFactor; }

 private:
  const absl::Duration initial_;
  absl::Duration interval_;
};

// The poll interval of one prediction with active webhooks; zero while they are
// not active. Doubles with each event and with each poll that found no missed
// event. A missed event ends it until the next event.
//
// Threads: loop. A value; the WebhookReliability must outlive it.
class WebhookPollBackoff {
 public:
  bool active() const { return reliability_ != nullptr; }
  absl::Duration interval() const {
    return active() ? std::min(backoff_, reliability_->interval())
                    : absl::ZeroDuration();
  }

  void Start(const WebhookReliability& reliability) {
    reliability_ = &reliability;
    backoff_ = reliability.initial();
  }
  void OnEvent(const WebhookReliability& reliability) {
    active() ? OnConfirmed() : Start(reliability);
  }
  void OnConfirmed() {
    if (active()) backoff_ = std::min(backoff_ * 2, reliability_->max());
  }
  void OnMissed() { reliability_ = nullptr; }

 private:
  const WebhookReliability* reliability_ = nullptr;
  absl::Duration backoff_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_POLL_BACKOFF_H_
