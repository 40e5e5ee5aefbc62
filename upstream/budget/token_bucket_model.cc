#include "upstream/budget/token_bucket_model.h"

#include <algorithm>

namespace wriftai {
namespace {

// A token that lacks a rounding error is a token.
constexpr double kTokenRounding = 1e-6;

// Of a token that is missing without reason: how much it changes what others
// are taken to use. Small enough not to swing, large enough to follow within
// about ten responses.
constexpr double kOthersGain = 0.1;

// Others are never taken to use more than this part of the rate, or than is not
// our share: some of it is ours, whatever they want.
constexpr double kMaxForOthers = 0.7;

}  // namespace

double TokenBucketModel::MostForOthers() const {
  return std::max(kMaxForOthers * rate_, LeastForOthers());
}

void TokenBucketModel::set_rate(absl::Time now, double rate) {
  tokens_ = Tokens(now);
  at_ = now;
  rate_ = rate;
  // Else a lower rate would leave less than nothing for us.
  others_ = std::clamp(others_, LeastForOthers(), MostForOthers());
}

double TokenBucketModel::Tokens(absl::Time now) const {
  if (at_ == absl::InfinitePast()) return tokens_;
  const double refilled = absl::ToDoubleSeconds(now - at_) * Share();
  return std::min(capacity_, tokens_ + refilled + kTokenRounding);
}

absl::Time TokenBucketModel::When(double tokens, absl::Time now) const {
  const double missing = tokens - Tokens(now);
  return missing <= 0 ? now : now + absl::Seconds(missing / Share());
}

void TokenBucketModel::Take(absl::Time now) {
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
  // What is left is told rounded down: the fraction is our own reckoning.
  const auto least =
      std::max(0.0, static_cast<double>(remaining - outstanding));
  const double reckoned = Tokens(now);
  tokens_ = std::clamp(reckoned, least, least + 1 - kTokenRounding);
  drift_ = reckoned - tokens_;
  at_ = now;
}

void TokenBucketModel::BlameOthers() {
  others_ = std::clamp(others_ + kOthersGain * drift_ * rate_, LeastForOthers(),
                       MostForOthers());
}

void TokenBucketModel::Fill(absl::Time now, double tokens) {
  capacity_ = std::max(capacity_, tokens);
  tokens_ = std::max(Tokens(now), tokens);
  at_ = now;
}

}  // namespace wriftai
