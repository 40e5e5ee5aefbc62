#ifndef WRIFTAI_UPSTREAM_WATCH_WEBHOOK_POLL_BACKOFF_H_
#define WRIFTAI_UPSTREAM_WATCH_WEBHOOK_POLL_BACKOFF_H_

#include <algorithm>

#include "absl/time/time.h"

namespace wriftai {

// How far the gateway relies on webhooks, as the longest time that a prediction
// is left without a poll because webhooks tell of it. One for all: all
// deliveries take the same way, and where that is broken for one it is broken
// for the others.
//
// Grows with each event that brings something new, by a hundredth of where it
// began; one that was missed leaves an eighth of it. So with one miss in three
// the waiters' own intervals decide, with one in a hundred it stays about where
// it began, and with one in a thousand it is hardly felt.
//
// Threads: loop. A value.
class WebhookReliability {
 public:
  // Of the first interval: polls that are rarer than every five minutes save
  // nothing that counts, and are late by that much when all else fails.
  static constexpr int kMaxOverFirst = 10;
  static constexpr double kGain = 0.01;
  static constexpr double kLeftByAMiss = 1.0 / 8;

  explicit WebhookReliability(absl::Duration first)
      : first_(first), interval_(first) {}

  absl::Duration first() const { return first_; }
  absl::Duration most() const { return first_ * kMaxOverFirst; }
  absl::Duration interval() const { return interval_; }

  void OnNews() { interval_ = std::min(most(), interval_ + first_ * kGain); }
  void OnMissed() { interval_ *= kLeftByAMiss; }

 private:
  const absl::Duration first_;
  absl::Duration interval_;
};

// How rarely one prediction needs to be polled because webhooks tell of it:
// zero while they do not. Doubled with each event and with each poll that finds
// nothing missed; over when something was missed, until the next event.
//
// Threads: loop. A value; the trust must outlive it.
class WebhookPollBackoff {
 public:
  bool on() const { return trust_ != nullptr; }
  absl::Duration interval() const {
    return on() ? std::min(own_, trust_->interval()) : absl::ZeroDuration();
  }

  void Begin(const WebhookReliability& trust) {
    trust_ = &trust;
    own_ = trust.first();
  }
  void OnNews(const WebhookReliability& trust) {
    on() ? OnConfirmed() : Begin(trust);
  }
  void OnConfirmed() {
    if (on()) own_ = std::min(own_ * 2, trust_->most());
  }
  void OnMissed() { trust_ = nullptr; }

 private:
  const WebhookReliability* trust_ = nullptr;
  absl::Duration own_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_WEBHOOK_POLL_BACKOFF_H_
