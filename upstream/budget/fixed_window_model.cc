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

// How long after a response others have certainly not used more, as a part of
// the window.
constexpr double kFresh = 0.02;

// Consecutive responses consistent with kCount that override an earlier kind.
constexpr int kMinCountStreak = 6;

// Tolerance for rounding errors, in requests.
constexpr double kShareRounding = 1e-9;

// Of the late slot, the response should be there before this part of the
// window: early enough to use what is left.
constexpr double kLateResponse = 0.92;

// Of the slot at the end, before this part: use by others after that is not
// seen. It is at most kEndLater after the usual last slot.
constexpr double kEndResponse = 0.985;
constexpr double kEndLater = 0.135;

// How much earlier than the others' last request a poll goes in a window that
// they may fill, as a part of the window.
constexpr double kBeforeOthers = 0.07;

// The part of each window that spare polls leave free, rounded up: with the
// published limit, one request, as much as an official client needs.
constexpr double kLeftFree = 1.0 / 3;

// Weight of the past in round_trip_, which is otherwise a maximum.
constexpr double kRoundTripDecay = 0.9;

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
  const absl::Time ended = end();
  start_ += length_ * ((now - start_) / length_);
  if (now - start_ >= length_) start_ += length_;
  if (start_ > ended + length_ / 2) SkipWindow();
  own_ = outstanding;
  return true;
}

size_t FixedWindowModel::MaxWindows() const {
  return kind_ == Kind::kCount ? kMaxWindows : kMaxWindowsWhileUnknown;
}

// A window without any event of ours is over.
void FixedWindowModel::SkipWindow() { others_.OnWindow({}, MaxWindows()); }

void FixedWindowModel::Close() {
  // A window without responses says nothing about others.
  OtherConsumers::Window window;
  if (responded_ > 0 || others_now_ > 0) window.use = others_now_;
  if (responded_ > 0) {
    window.until = std::clamp(
        absl::FDivDuration(responded_at_ - start_, length_), 0.0, 1.0);
  }
  window.complete = saw_end_;
  others_.OnWindow(window, MaxWindows());
  own_ = 0;
  responded_ = 0;
  lost_ = 0;
  reported_ = 0;
  others_now_ = 0;
  responded_at_ = absl::InfinitePast();
  saw_end_ = false;
}

void FixedWindowModel::OnReleased() { own_ = std::max<int64_t>(0, own_ - 1); }

// Moves to the window that ends at `end`. False if that window is over.
bool FixedWindowModel::MoveTo(absl::Time end, int64_t outstanding) {
  const bool newer = located() && end > this->end() + length_ / 2;
  if (!located() || newer) {
    if (newer) Close();
    if (newer && end > this->end() + length_ * 1.5) SkipWindow();
    own_ = outstanding + 1;
  } else if (end < this->end() - length_ / 2) {
    return false;
  }
  start_ = end - length_;
  return true;
}

void FixedWindowModel::OnResponse(absl::Time now, absl::Time end,
                                  int64_t remaining, int64_t outstanding) {
  if (!MoveTo(end, outstanding)) return;
  ++responded_;
  responded_at_ = now;
  reported_ = std::max(reported_, limit_ - remaining);
  const int64_t ours = responded_ + lost_ + outstanding;
  others_now_ = std::max(others_now_, limit_ - remaining - ours);
  saw_end_ = remaining == 0 || now >= start_ + length_ * (EndSlot() - kFresh);
}

void FixedWindowModel::OnLimited(absl::Time end, int64_t outstanding) {
  if (!MoveTo(end, outstanding)) return;
  // Another consumer uses what is left, too. One that has just come does not:
  // what it uses was not known to be left.
  if (UsesLeftovers() && own_ > Quota()) {
    leftovers_from_ = end + length_ * kMaxWindows;
  }
  reported_ = limit_;
  others_now_ =
      std::max(others_now_, limit_ - responded_ - lost_ - outstanding);
  saw_end_ = true;
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
  // Apparent use by others may have been the bucket. That of a count was
  // theirs, also while the kind was unknown.
  if (kind == Kind::kRefill || kind_ == Kind::kRefill) {
    others_.Clear();
    others_now_ = 0;
  }
  kind_ = kind;
}

void FixedWindowModel::OnRoundTrip(absl::Duration duration) {
  round_trip_ = std::max(duration, round_trip_ * kRoundTripDecay);
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
  const int64_t max = std::max(others_now_, others_.max());
  if (max <= replicas) return replicas;
  // One more than was seen. Others may use more in the next window, or after
  // our last request in this one; finding out would cost a 429. One request per
  // window always remains for this replica.
  return std::min(max + 1, limit_ - 1);
}

int64_t FixedWindowModel::ReservedForOthers() const {
  return std::max<int64_t>(0, others() - others_now_);
}

int64_t FixedWindowModel::LeftFree() const {
  return static_cast<int64_t>(
      std::ceil(static_cast<double>(limit_) * kLeftFree));
}

int64_t FixedWindowModel::Spare(int64_t outstanding) const {
  return limit_ - LeftFree() - Used(outstanding) - ReservedForOthers();
}

int64_t FixedWindowModel::Quota() const { return limit_ - others(); }

double FixedWindowModel::LateSlot() const {
  if (!UsesLeftovers()) return last_poll_slot_;
  const double round_trip = absl::FDivDuration(round_trip_, length_);
  // Evenly spaced requests use up the limit only in the last part of a window;
  // before that, our one request is not refused.
  if (others_.MayFill(limit_)) {
    const double last = 1 - 1 / static_cast<double>(limit_) - kBeforeOthers;
    return std::max(kGuard, std::min(last_poll_slot_, last - round_trip));
  }
  return std::max(std::min(last_poll_slot_, kLateResponse - round_trip),
                  kMinLastPollSlot);
}

double FixedWindowModel::EndSlot() const {
  const double round_trip = absl::FDivDuration(round_trip_, length_);
  return std::max(
      std::min(last_poll_slot_ + kEndLater, kEndResponse - round_trip),
      LateSlot());
}

double FixedWindowModel::LastSlot(bool next) const {
  // What to expect of the next window is not known yet.
  const bool at_end =
      !next && UsesLeftovers() && !others_.MayFill(limit_) &&
      (others_.look() || Quota() + others_.expected() >= limit_);
  return at_end ? EndSlot() : LateSlot();
}

absl::Duration FixedWindowModel::PollSlot(int64_t index, bool next) const {
  const double last = LastSlot(next);
  const auto behind = static_cast<double>(Quota() - 1 - index);
  const double spacing = std::min(1.0 / static_cast<double>(limit_),
                                  last / (static_cast<double>(Quota()) - 0.5));
  return length_ * (last - behind * spacing);
}

bool FixedWindowModel::HasLeftover(absl::Time now, int64_t outstanding) const {
  if (!UsesLeftovers() || now < leftovers_from_ ||
      now >= end() - length_ * kGuard ||
      responded_at_ < start_ + length_ * LateSlot() ||
      now > responded_at_ + length_ * kFresh) {
    return false;
  }
  const double rest = absl::FDivDuration(end() - now, length_);
  return Used(outstanding) + others_.Awaited(others_now_, rest) < limit_;
}

absl::Time FixedWindowModel::Earliest(Priority priority, absl::Time now,
                                      int64_t outstanding) const {
  if (!located()) return now;
  if (priority == Priority::kPoll && HasLeftover(now, outstanding)) return now;
  const bool full = Used(outstanding) + ReservedForOthers() >= limit_ ||
                    (priority == Priority::kPoll && own_ >= Quota());
  const absl::Time start = full ? end() : start_;
  absl::Duration slot = full ? length_ * kGuard : absl::ZeroDuration();
  if (priority == Priority::kPoll) {
    slot = std::max(slot, PollSlot(full ? 0 : own_, full));
  }
  return std::max(now, start + slot);
}

}  // namespace wriftai
