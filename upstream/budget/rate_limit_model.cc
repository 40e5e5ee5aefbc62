#include "upstream/budget/rate_limit_model.h"

#include <algorithm>
#include <cmath>

namespace wriftai {
namespace {

// The published limits are per second (Rate): a limit that a response names is
// for so long, until the resets show otherwise.
constexpr absl::Duration kPublishedWindow = absl::Seconds(1);

// A limit header may be wrong by orders of magnitude; so much more than the
// flags say is believed. Who has been granted more sets the flag.
constexpr double kMaxOverConfigured = 10;

// Of the configured rate: what a named window must grant to be believed.
constexpr double kMinOfConfigured = 0.5;

// Without headers arrivals jitter against a window that is not known, so that
// polls are spaced a little wider than the rate; a 429 widens it, each response
// narrows it again.
constexpr double kMinSpacing = 1.05;
constexpr double kMaxSpacing = 16;
constexpr double kSpacingAfterLimited = 2;
constexpr double kSpacingAfterResponse = 0.98;

// Resets have a resolution of a second, rounded up.
constexpr absl::Duration kResetResolution = absl::Seconds(1);

// A response that says that so much more is left than a refill can explain has
// met a new window.
constexpr double kUnexplained = 0.9;

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
      refill_(std::isfinite(rate) ? rate : 1, share) {}

bool RateLimitModel::unlimited() const {
  return !limit_learnt_ && !std::isfinite(configured_rate_);
}

double RateLimitModel::rate() const {
  return unlimited() ? configured_rate_ : refill_.rate();
}

double RateLimitModel::own_rate() const {
  if (unlimited()) return configured_rate_;
  const double by_window = static_cast<double>(window_.OwnMost()) /
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
    refill_.Fill(now, static_cast<double>(window_.limit() - outstanding_));
  }
}

int64_t RateLimitModel::Used(absl::Time now) {
  Roll(now);
  return window_.Used(outstanding_);
}

absl::Time RateLimitModel::Earliest(Priority lane, absl::Time now) {
  if (unlimited()) return std::max(now, paused_until_);
  const absl::Time when = std::max({now, paused_until_, EarliestByShare()});
  Roll(now);
  const bool is_poll = lane == Priority::kPoll;
  if (!window_.located() || window_.kind() == Kind::kRefill) {
    return std::max(when, EarliestByRefill(is_poll, now));
  }
  const absl::Time by_window = window_.Earliest(is_poll, now, outstanding_);
  const bool begins_full =
      by_window >= window_.end() && window_.kind() == Kind::kCount;
  return std::max({when, by_window, begins_full ? now : refill_.When(1, now)});
}

absl::Time RateLimitModel::EarliestByRefill(bool is_poll,
                                            absl::Time now) const {
  if (!is_poll || last_sent_ == absl::InfinitePast()) {
    return refill_.When(1, now);
  }
  // Half of the burst is left for calls, and for others that take between two
  // responses.
  const double reserve = std::max(1.0, refill_.capacity() / 2);
  const absl::Time refilled =
      refill_.When(std::min(1 + reserve, refill_.capacity()), now);
  const double spacing =
      window_.kind() == Kind::kRefill ? 1 : std::max(spacing_, kMinSpacing);
  return std::max(refilled,
                  last_sent_ + absl::Seconds(spacing / refill_.Share()));
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
  refill_.Take(now);
  last_sent_ = now;
  alone_ = outstanding_ == 0;
  ++outstanding_;
}

void RateLimitModel::OnReleased(absl::Time now) {
  window_.OnReleased();
  refill_.Release(now);
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
  LearnLimit(now, rate);
  if (!rate.remaining.has_value()) return;
  const int64_t remaining =
      std::min(*rate.remaining,
               window_.limit() * static_cast<int64_t>(kMaxOverConfigured));
  const double expected = refill_.Tokens(now);
  const double left = static_cast<double>(remaining - outstanding_);
  // Replies that overtake each other show nothing of the kind.
  const bool alone = alone_ && outstanding_ == 0;
  if (alone && window_.located() && window_.kind() == Kind::kUnknown &&
      left > expected + kUnexplained) {
    window_.set_kind(Kind::kCount);
  }
  refill_.Correct(now, remaining, outstanding_);
  if (window_.kind() == Kind::kRefill) refill_.BlameOthers();
  LearnWindow(now, rate, remaining, alone);
  if (remaining > 0 || window_.kind() != Kind::kUnknown) return;
  // Nothing is left: whether it comes back bit by bit is not known.
  const absl::Duration reset = rate.reset_after.value_or(window_.length());
  Pause(now + std::min(reset, window_.length()));
}

bool RateLimitModel::OnLimited(absl::Time now, const RateLimit& rate) {
  --outstanding_;
  Roll(now);
  LearnLimit(now, rate);
  const absl::Duration reset = rate.reset_after.value_or(window_.length());
  // So long a window is only believed of a response that has refused.
  // Retry-After, which a proxy may have written, says how long to stay away,
  // not how long a window is.
  if (reset > window_.length() + kResetResolution &&
      !rate.reset_is_retry_after) {
    SetLength(now, reset);
  }
  if (rate.reset_after.has_value() && rate.reset_is_time) {
    named_end_ = now + reset;
    window_.OnLimited(named_end_, outstanding_);
  }
  refill_.Correct(now, 0, outstanding_);
  spacing_ = std::min(kMaxSpacing, spacing_ * kSpacingAfterLimited);
  const absl::Duration asked =
      std::min(rate.retry_after.value_or(reset), kMaxReset);
  Pause(now + std::max(reset, asked));
  if (window_.HasStrangers()) return true;
  window_.set_kind(Kind::kUnknown);
  window_.ShiftPlaces();
  return false;
}

void RateLimitModel::SetLength(absl::Time now, absl::Duration length) {
  window_.set_length(length);
  refill_.set_rate(now, static_cast<double>(window_.limit()) /
                            absl::ToDoubleSeconds(length));
}

void RateLimitModel::LearnLimit(absl::Time now, const RateLimit& rate) {
  if (!rate.limit.has_value()) return;
  int64_t limit = *rate.limit;
  if (std::isfinite(configured_rate_)) {
    limit = std::min(limit, LimitOf(configured_rate_ * kMaxOverConfigured));
  }
  if (limit_learnt_ && limit == window_.limit()) return;
  const absl::Duration length =
      limit_learnt_ ? window_.length() : kPublishedWindow;
  limit_learnt_ = true;
  window_.set_limit(limit);
  SetLength(now, length);
}

void RateLimitModel::LearnWindow(absl::Time now, const RateLimit& rate,
                                 int64_t remaining, bool alone) {
  if (!rate.limit.has_value() || !rate.reset_after.has_value() ||
      !rate.reset_is_time) {
    return;
  }
  const absl::Duration reset = *rate.reset_after;
  if (reset > window_.length() + kResetResolution) {
    // A longer window, or an absurd reset: the former if it grants about what
    // the flags say.
    if (static_cast<double>(window_.limit()) / absl::ToDoubleSeconds(reset) <
        configured_rate_ * kMinOfConfigured) {
      return;
    }
    SetLength(now, reset);
  }
  const absl::Time end = now + reset;
  const absl::Duration step = end - named_end_;
  // From one end to a later one is a whole number of windows: one, if hardly
  // any time has passed.
  const bool shorter =
      step > kResetResolution / 2 && step < window_.length() * 0.75;
  const bool longer =
      step > window_.length() * 1.25 && now - named_at_ < step / 2;
  if (named_end_ != absl::InfinitePast() && (shorter || longer)) {
    SetLength(now, step);
  }
  named_end_ = end;
  named_at_ = now;
  window_.OnResponse(end, remaining, outstanding_);
  if (alone) window_.LearnKind(remaining);
}

}  // namespace wriftai
