#include "upstream/budget/fixed_window_model.h"

#include <algorithm>
#include <cmath>

namespace wriftai {
namespace {

// How many windows the others' use is remembered: long enough that a consumer
// whose requests drift through the windows is seen at its highest, short enough
// that one who has left is forgotten within a minute.
constexpr size_t kWindowsRemembered = 60;

// The same while the kind of the limit is not known: what seems to be others
// may be a bucket that has not refilled yet.
constexpr size_t kWindowsRememberedAtFirst = 5;

// A request that is sent right at a boundary may arrive before it; a full
// window must not get one more.
constexpr double kGuard = 0.03;

// Replies in a row that fit a count, until it is believed against what was seen
// before.
constexpr int kNotByChance = 6;

// A whole request that lacks a rounding error is one.
constexpr double kShareRounding = 1e-9;

// Each shift of the places, and where they begin anew.
constexpr double kShift = 0.15;
constexpr double kFirstLastPlace = 0.4;

}  // namespace

void FixedWindowModel::set_length(absl::Duration length) {
  if (located()) start_ += length_ - length;  // The end is what is known.
  length_ = length;
}

bool FixedWindowModel::Roll(absl::Time now, int64_t outstanding) {
  if (!located() || now < end()) return false;
  Close();
  start_ += length_ * ((now - start_) / length_);
  if (now - start_ >= length_) start_ += length_;
  own_ = outstanding;
  return true;
}

void FixedWindowModel::Close() {
  // A window without responses shows nothing of the others.
  if (answered_ > 0 || others_now_ > 0) {
    others_seen_.push_back(others_now_);
    const size_t remembered =
        kind_ == Kind::kCount ? kWindowsRemembered : kWindowsRememberedAtFirst;
    while (others_seen_.size() > remembered) others_seen_.pop_front();
  }
  own_ = 0;
  answered_ = 0;
  lost_ = 0;
  reported_ = 0;
  others_now_ = 0;
}

void FixedWindowModel::OnReleased() { own_ = std::max<int64_t>(0, own_ - 1); }

// Moves to the window that ends at `end`; false when that one is over.
bool FixedWindowModel::MoveTo(absl::Time end, int64_t outstanding) {
  const bool newer = located() && end > this->end() + length_ / 2;
  if (!located() || newer) {
    if (newer) Close();
    own_ = outstanding + 1;
  } else if (end < this->end() - length_ / 2) {
    return false;
  }
  start_ = end - length_;
  return true;
}

void FixedWindowModel::OnResponse(absl::Time end, int64_t remaining,
                                  int64_t outstanding) {
  if (!MoveTo(end, outstanding)) return;
  ++answered_;
  reported_ = std::max(reported_, limit_ - remaining);
  const int64_t ours = answered_ + lost_ + outstanding;
  others_now_ = std::max(others_now_, limit_ - remaining - ours);
}

void FixedWindowModel::OnLimited(absl::Time end, int64_t outstanding) {
  if (!MoveTo(end, outstanding)) return;
  reported_ = limit_;
  others_now_ = std::max(others_now_, limit_ - answered_ - lost_ - outstanding);
}

// A count leaves exactly what we have not used, and never more; a bucket that
// refills leaves more, and now and then the same by chance.
void FixedWindowModel::LearnKind(int64_t remaining) {
  if (remaining > limit_ - answered_) {
    as_a_count_ = 0;
    set_kind(Kind::kRefill);
  } else if (answered_ >= 2 && remaining == limit_ - answered_) {
    ++as_a_count_;
    if (kind_ == Kind::kUnknown || as_a_count_ >= kNotByChance) {
      set_kind(Kind::kCount);
    }
  }
}

void FixedWindowModel::set_kind(Kind kind) {
  if (kind == kind_) return;
  kind_ = kind;
  // What seemed to be others may have been the other kind.
  others_seen_.clear();
  others_now_ = 0;
}

void FixedWindowModel::ShiftPlaces() {
  last_place_ -= kShift;
  if (last_place_ < kFirstLastPlace) last_place_ = kLastPlace;
}

int64_t FixedWindowModel::Used(int64_t outstanding) const {
  return std::max(own_, reported_ + outstanding);
}

int64_t FixedWindowModel::OwnMost() const {
  return std::max<int64_t>(
      1, std::llround(std::floor(static_cast<double>(limit_) * share_ +
                                 kShareRounding)));
}

int64_t FixedWindowModel::others() const {
  const int64_t replicas = limit_ - OwnMost();
  int64_t most = others_now_;
  for (const int64_t seen : others_seen_) most = std::max(most, seen);
  if (most <= replicas) return replicas;
  // One more than was seen: who takes so many in this window may take more in
  // the next, or later in this one than our last request shows, and to find
  // that out would cost a 429. One of each window is ours, whatever they want.
  return std::min(most + 1, limit_ - 1);
}

int64_t FixedWindowModel::ReservedForOthers() const {
  return std::max<int64_t>(0, others() - others_now_);
}

int64_t FixedWindowModel::Quota() const { return limit_ - others(); }

absl::Duration FixedWindowModel::Place(int64_t index) const {
  const auto behind = static_cast<double>(Quota() - 1 - index);
  const double spacing =
      std::min(1.0 / static_cast<double>(limit_),
               last_place_ / (static_cast<double>(Quota()) - 0.5));
  return length_ * (last_place_ - behind * spacing);
}

absl::Time FixedWindowModel::Earliest(bool is_poll, absl::Time now,
                                      int64_t outstanding) const {
  if (!located()) return now;
  const bool full = Used(outstanding) + ReservedForOthers() >= limit_ ||
                    (is_poll && own_ >= Quota());
  const absl::Time start = full ? end() : start_;
  absl::Duration place = full ? length_ * kGuard : absl::ZeroDuration();
  if (is_poll) place = std::max(place, Place(full ? 0 : own_));
  return std::max(now, start + place);
}

}  // namespace wriftai
