#include "upstream/budget/rate_limit_model.h"

#include <algorithm>
#include <cmath>

namespace wriftai {
namespace {

// The published limits are per second (Rate). A reported limit is assumed to be
// per second until the resets show otherwise.
constexpr absl::Duration kPublishedWindow = absl::Seconds(1);

// Maximum ratio of a reported limit to the configured rate. A header may be
// wrong by orders of magnitude; users with a higher limit set the flag.
constexpr double kMaxOverConfigured = 10;

// Minimum rate of a reported window, as a part of the configured rate. Windows
// that grant less are ignored.
constexpr double kMinOfConfigured = 0.5;

// Without headers, requests jitter against an unknown window, so polls are
// spaced slightly wider than the rate. A 429 widens the spacing, each response
// narrows it again.
constexpr double kMinSpacing = 1.05;
constexpr double kMaxSpacing = 16;
constexpr double kSpacingAfterLimited = 2;
constexpr double kSpacingAfterResponse = 0.98;

// The part of a token bucket that spare polls leave, and the time between two
// of them, in refilled tokens.
constexpr double kLeftInBucket = 0.5;
constexpr double kSpareSpacing = 1.5;

// Resets have a resolution of 1 s, rounded up.
constexpr absl::Duration kResetResolution = absl::Seconds(1);

// If this much more is left than a refill can explain, a new window has
// started.
constexpr double kNewWindowThreshold = 0.9;

using Kind = FixedWindowModel::Kind;

int64_t LimitOf(double rate) {
  return std::isfinite(rate)
             ? std::max<int64_t>(1, std::llround(std::floor(rate)))
             : 1;
}

absl::Duration WindowOf(double rate) {
  return std::isfinite(rate)
             ? absl::Seconds(static_cast<double>(LimitOf(rate)) / rate)
             : kPublishedWindow;
}

}  // namespace

RateLimitModel::RateLimitModel(double rate, double share)
    : configured_rate_(rate),
      share_(share),
      window_(LimitOf(rate), WindowOf(rate), share),
      bucket_(std::isfinite(rate) ? rate : 1, share) {}

bool RateLimitModel::unlimited() const {
  return !limit_known_ && !std::isfinite(configured_rate_);
}

double RateLimitModel::rate() const {
  return unlimited() ? configured_rate_ : bucket_.rate();
}

double RateLimitModel::own_rate() const {
  if (unlimited()) return configured_rate_;
  const double by_window = static_cast<double>(window_.OwnMax()) /
                           static_cast<double>(window_.limit());
  return rate() * std::min(share_, by_window);
}

absl::Time RateLimitModel::EarliestByShare() const {
  return share_ * static_cast<double>(window_.limit()) < 1
             ? last_sent_ + absl::Seconds(1 / (share_ * rate()))
             : absl::InfinitePast();
}

void RateLimitModel::Roll(absl::Time now) {
  if (window_.Roll(now, outstanding_) && window_.kind() == Kind::kCount) {
    bucket_.Fill(now, static_cast<double>(window_.limit() - outstanding_));
  }
}

int64_t RateLimitModel::Used(absl::Time now) {
  Roll(now);
  return window_.Used(outstanding_);
}

absl::Time RateLimitModel::Earliest(Priority priority, absl::Time now) {
  if (unlimited()) return std::max(now, paused_until_);
  const absl::Time when = std::max({now, paused_until_, EarliestByShare()});
  Roll(now);
  if (!window_.located() || window_.kind() == Kind::kRefill) {
    return std::max(when, EarliestByBucket(priority, now));
  }
  const absl::Time by_window = window_.Earliest(priority, now, outstanding_);
  const bool begins_full =
      by_window >= window_.end() && window_.kind() == Kind::kCount;
  return std::max(
      {when, by_window, begins_full ? now : bucket_.AvailableAt(1, now)});
}

SpareRequests RateLimitModel::Spare(absl::Time now) {
  Roll(now);
  if (unlimited() || !window_.located() || paused(now)) {
    return {0, 0, now, std::max(paused_until_, now + window_.length())};
  }
  if (window_.kind() != Kind::kRefill) {
    return {window_.Spare(outstanding_),
            window_.HasOtherConsumers() ? 0 : window_.LeftFree(),
            window_.end() - window_.length(), window_.end()};
  }
  // As many as refill until then, if the bucket is full enough.
  const double left =
      bucket_.Tokens(now) - bucket_.capacity() * kLeftInBucket - 1;
  return {left < 0 ? 0 : 1, 0, last_sent_,
          std::max(now, last_sent_) +
              absl::Seconds(kSpareSpacing / bucket_.refill_rate())};
}

absl::Time RateLimitModel::EarliestByBucket(Priority priority,
                                            absl::Time now) const {
  if (priority == Priority::kCall || last_sent_ == absl::InfinitePast()) {
    return bucket_.AvailableAt(1, now);
  }
  // Half of the burst is reserved for calls, and for use by others between two
  // responses.
  const double reserve = std::max(1.0, bucket_.capacity() / 2);
  const absl::Time refilled =
      bucket_.AvailableAt(std::min(1 + reserve, bucket_.capacity()), now);
  const double spacing =
      window_.kind() == Kind::kRefill ? 1 : std::max(spacing_, kMinSpacing);
  return std::max(refilled,
                  last_sent_ + absl::Seconds(spacing / bucket_.refill_rate()));
}

absl::Time RateLimitModel::EarliestBehind(int64_t ahead, absl::Time now) {
  const absl::Time first = Earliest(Priority::kCall, now);
  if (unlimited() || ahead == 0) return first;
  return first + window_.length() * (static_cast<double>(ahead) /
                                     static_cast<double>(window_.Quota()));
}

void RateLimitModel::OnSent(absl::Time now) {
  Roll(now);
  window_.OnSent();
  bucket_.Consume(now);
  last_sent_ = now;
  alone_ = outstanding_ == 0;
  ++outstanding_;
}

void RateLimitModel::OnReleased(absl::Time now) {
  window_.OnReleased();
  bucket_.Release(now);
  --outstanding_;
}

void RateLimitModel::OnLost() {
  --outstanding_;
  window_.OnLost();
}

void RateLimitModel::OnResponse(absl::Time now, const RateLimit& rate) {
  --outstanding_;
  Roll(now);
  spacing_ = std::max(1.0, spacing_ * kSpacingAfterResponse);
  ApplyLimit(now, rate);
  if (!rate.remaining.has_value()) return;
  const int64_t remaining =
      std::min(*rate.remaining,
               window_.limit() * static_cast<int64_t>(kMaxOverConfigured));
  const double expected = bucket_.Tokens(now);
  const double left = static_cast<double>(remaining - outstanding_);
  // Responses that overtake each other do not reveal the kind.
  const bool alone = alone_ && outstanding_ == 0;
  if (alone && window_.located() && window_.kind() == Kind::kUnknown &&
      left > expected + kNewWindowThreshold) {
    window_.set_kind(Kind::kCount);
  }
  bucket_.Correct(now, remaining, outstanding_);
  if (window_.kind() == Kind::kRefill) bucket_.AttributeDriftToOthers();
  ApplyWindow(now, rate, remaining, alone);
  if (remaining > 0 || window_.kind() != Kind::kUnknown) return;
  // Nothing is left, and it is unknown whether the limit refills steadily.
  const absl::Duration reset = rate.reset_after.value_or(window_.length());
  Pause(now + std::min(reset, window_.length()));
}

bool RateLimitModel::OnLimited(absl::Time now, const RateLimit& rate) {
  --outstanding_;
  Roll(now);
  ApplyLimit(now, rate);
  const absl::Duration reset = rate.reset_after.value_or(window_.length());
  // A window this long is only believed from a 429. Retry-After, which a proxy
  // may have added, says how long to wait, not how long the window is.
  if (reset > window_.length() + kResetResolution &&
      !rate.reset_is_retry_after) {
    SetLength(now, reset);
  }
  if (rate.reset_after.has_value() && rate.reset_is_time) {
    named_end_ = now + reset;
    window_.OnLimited(named_end_, outstanding_);
  }
  bucket_.Correct(now, 0, outstanding_);
  spacing_ = std::min(kMaxSpacing, spacing_ * kSpacingAfterLimited);
  const absl::Duration asked =
      std::min(rate.retry_after.value_or(reset), kMaxReset);
  Pause(now + std::max(reset, asked));
  if (window_.HasOtherConsumers()) return true;
  window_.set_kind(Kind::kUnknown);
  window_.ShiftPollSlots();
  return false;
}

void RateLimitModel::SetLength(absl::Time now, absl::Duration length) {
  window_.set_length(length);
  bucket_.set_rate(now, static_cast<double>(window_.limit()) /
                            absl::ToDoubleSeconds(length));
}

void RateLimitModel::ApplyLimit(absl::Time now, const RateLimit& rate) {
  if (!rate.limit.has_value()) return;
  int64_t limit = *rate.limit;
  if (std::isfinite(configured_rate_)) {
    limit = std::min(limit, LimitOf(configured_rate_ * kMaxOverConfigured));
  }
  if (limit_known_ && limit == window_.limit()) return;
  const absl::Duration length =
      limit_known_ ? window_.length() : kPublishedWindow;
  limit_known_ = true;
  window_.set_limit(limit);
  SetLength(now, length);
}

void RateLimitModel::ApplyWindow(absl::Time now, const RateLimit& rate,
                                 int64_t remaining, bool alone) {
  if (!rate.limit.has_value() || !rate.reset_after.has_value() ||
      !rate.reset_is_time) {
    return;
  }
  const absl::Duration reset = *rate.reset_after;
  if (reset > window_.length() + kResetResolution) {
    // Either a longer window or a wrong reset. It is a window if its rate is
    // close to the configured one.
    if (static_cast<double>(window_.limit()) / absl::ToDoubleSeconds(reset) <
        configured_rate_ * kMinOfConfigured) {
      return;
    }
    SetLength(now, reset);
  }
  const absl::Time end = now + reset;
  const absl::Duration step = end - named_end_;
  // Two reported ends are a whole number of windows apart: one, if hardly any
  // time has passed.
  const bool shorter =
      step > kResetResolution / 2 && step < window_.length() * 0.75;
  const bool longer =
      step > window_.length() * 1.25 && now - named_at_ < step / 2;
  if (named_end_ != absl::InfinitePast() && (shorter || longer)) {
    SetLength(now, step);
  }
  named_end_ = end;
  named_at_ = now;
  window_.OnResponse(now, end, remaining, outstanding_);
  if (alone) window_.DetectKind(remaining);
}

}  // namespace wriftai
