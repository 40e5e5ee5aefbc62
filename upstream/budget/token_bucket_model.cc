#include "upstream/budget/token_bucket_model.h"

#include <algorithm>

namespace wriftai {
namespace {

// Tolerance for rounding errors, in tokens.
constexpr double kTokenRounding = 1e-6;

// Gain of the estimate of others' use, per token of unexplained drift. Small
// enough not to oscillate, large enough to converge within about ten responses.
constexpr double kOthersGain = 0.1;

// Maximum estimate of others' use, as a part of the rate, unless our share is
// less. Keeps some of the rate for this replica.
constexpr double kMaxForOthers = 0.7;

// Resolution of the loop's timers, in seconds.
constexpr double kTimerResolution = 1e-3;

}  // namespace

TokenBucketModel::TokenBucketModel(double rate, double share)
    : share_(share),
      rate_(rate),
      capacity_(std::max(1.0, share * rate * kTimerResolution)),
      tokens_(capacity_),
      others_((1 - share) * rate) {}

double TokenBucketModel::MaxForOthers() const {
  return std::max(kMaxForOthers * rate_, MinForOthers());
}

void TokenBucketModel::set_rate(absl::Time now, double rate) {
  tokens_ = Tokens(now);
  at_ = now;
  rate_ = rate;
  // Otherwise a lower rate could make refill_rate() negative.
  others_ = std::clamp(others_, MinForOthers(), MaxForOthers());
}

double TokenBucketModel::Tokens(absl::Time now) const {
  if (at_ == absl::InfinitePast()) return tokens_;
  const double refilled = absl::ToDoubleSeconds(now - at_) * refill_rate();
  return std::min(capacity_, tokens_ + refilled + kTokenRounding);
}

absl::Time TokenBucketModel::AvailableAt(double tokens, absl::Time now) const {
  const double missing = tokens - Tokens(now);
  return missing <= 0 ? now : now + absl::Seconds(missing / refill_rate());
}

void TokenBucketModel::Consume(absl::Time now) {
  tokens_ = Tokens(now) - 1;
  at_ = now;
}

void TokenBucketModel::Release(absl::Time now) {
  tokens_ = std::min(capacity_, Tokens(now) + 1);
  at_ = now;
}

void TokenBucketModel::Correct(absl::Time now, int64_t remaining,
                               int64_t outstanding) {
  capacity_ = std::max(capacity_, static_cast<double>(remaining) + 1);
  // `remaining` is rounded down. The fraction comes from our own prediction.
  const auto min = std::max(0.0, static_cast<double>(remaining - outstanding));
  const double predicted = Tokens(now);
  tokens_ = std::clamp(predicted, min, min + 1 - kTokenRounding);
  drift_ = predicted - tokens_;
  at_ = now;
}

void TokenBucketModel::AttributeDriftToOthers() {
  others_ = std::clamp(others_ + kOthersGain * drift_ * rate_, MinForOthers(),
                       MaxForOthers());
}

void TokenBucketModel::Fill(absl::Time now, double tokens) {
  capacity_ = std::max(capacity_, tokens);
  tokens_ = std::max(Tokens(now), tokens);
  at_ = now;
}

}  // namespace wriftai
