#include "upstream/budget/fixed_window_model.h"

#include <algorithm>
#include <cmath>

namespace wriftai {
namespace {

// Windows for which the use by others is kept. Long enough to see the peak of a
// consumer whose requests drift through the windows; short enough to forget a
// consumer within a minute.
constexpr size_t kMaxWindows = 60;

// The same while the kind is unknown: apparent use by others may be a bucket
// that has not refilled yet.
constexpr size_t kMaxWindowsWhileUnknown = 5;

// Margin after a boundary, as a part of the window. A request sent right at the
// boundary may arrive in the previous window, which is full.
constexpr double kGuard = 0.03;

// Consecutive responses consistent with kCount that override an earlier kind.
constexpr int kMinCountStreak = 6;

// Tolerance for rounding errors, in requests.
constexpr double kShareRounding = 1e-9;

// Step of each shift of the poll slots, and the minimum before they wrap
// around.
constexpr double kShift = 0.15;
constexpr double kMinLastPollSlot = 0.4;

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
  // A window without responses says nothing about others.
  if (responded_ > 0 || others_now_ > 0) {
    others_seen_.push_back(others_now_);
    const size_t max_windows =
        kind_ == Kind::kCount ? kMaxWindows : kMaxWindowsWhileUnknown;
    while (others_seen_.size() > max_windows) others_seen_.pop_front();
  }
  own_ = 0;
  responded_ = 0;
  lost_ = 0;
  reported_ = 0;
  others_now_ = 0;
}

void FixedWindowModel::OnReleased() { own_ = std::max<int64_t>(0, own_ - 1); }

// Moves to the window that ends at `end`. False if that window is over.
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
  ++responded_;
  reported_ = std::max(reported_, limit_ - remaining);
  const int64_t ours = responded_ + lost_ + outstanding;
  others_now_ = std::max(others_now_, limit_ - remaining - ours);
}

void FixedWindowModel::OnLimited(absl::Time end, int64_t outstanding) {
  if (!MoveTo(end, outstanding)) return;
  reported_ = limit_;
  others_now_ =
      std::max(others_now_, limit_ - responded_ - lost_ - outstanding);
}

// A count leaves at most what this replica has not used. A bucket leaves more
// as it refills, and sometimes the same by chance.
void FixedWindowModel::DetectKind(int64_t remaining) {
  if (remaining > limit_ - responded_) {
    count_streak_ = 0;
    set_kind(Kind::kRefill);
  } else if (responded_ >= 2 && remaining == limit_ - responded_) {
    ++count_streak_;
    if (kind_ == Kind::kUnknown || count_streak_ >= kMinCountStreak) {
      set_kind(Kind::kCount);
    }
  }
}

void FixedWindowModel::set_kind(Kind kind) {
  if (kind == kind_) return;
  kind_ = kind;
  // Apparent use by others may have been the other kind.
  others_seen_.clear();
  others_now_ = 0;
}

void FixedWindowModel::ShiftPollSlots() {
  last_poll_slot_ -= kShift;
  if (last_poll_slot_ < kMinLastPollSlot) last_poll_slot_ = kLastPollSlot;
}

int64_t FixedWindowModel::Used(int64_t outstanding) const {
  return std::max(own_, reported_ + outstanding);
}

int64_t FixedWindowModel::OwnMax() const {
  return std::max<int64_t>(
      1, std::llround(std::floor(static_cast<double>(limit_) * share_ +
                                 kShareRounding)));
}

int64_t FixedWindowModel::others() const {
  const int64_t replicas = limit_ - OwnMax();
  int64_t max = others_now_;
  for (const int64_t seen : others_seen_) max = std::max(max, seen);
  if (max <= replicas) return replicas;
  // One more than was seen. Others may use more in the next window, or after
  // our last request in this one; finding out would cost a 429. One request per
  // window always remains for this replica.
  return std::min(max + 1, limit_ - 1);
}

int64_t FixedWindowModel::ReservedForOthers() const {
  return std::max<int64_t>(0, others() - others_now_);
}

int64_t FixedWindowModel::Quota() const { return limit_ - others(); }

absl::Duration FixedWindowModel::PollSlot(int64_t index) const {
  const auto behind = static_cast<double>(Quota() - 1 - index);
  const double spacing =
      std::min(1.0 / static_cast<double>(limit_),
               last_poll_slot_ / (static_cast<double>(Quota()) - 0.5));
  return length_ * (last_poll_slot_ - behind * spacing);
}

absl::Time FixedWindowModel::Earliest(Priority priority, absl::Time now,
                                      int64_t outstanding) const {
  if (!located()) return now;
  const bool full = Used(outstanding) + ReservedForOthers() >= limit_ ||
                    (priority == Priority::kPoll && own_ >= Quota());
  const absl::Time start = full ? end() : start_;
  absl::Duration slot = full ? length_ * kGuard : absl::ZeroDuration();
  if (priority == Priority::kPoll) {
    slot = std::max(slot, PollSlot(full ? 0 : own_));
  }
  return std::max(now, start + slot);
}

}  // namespace wriftai
