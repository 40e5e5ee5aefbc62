#ifndef WRIFTAI_UPSTREAM_BUDGET_FIXED_WINDOW_MODEL_H_
#define WRIFTAI_UPSTREAM_BUDGET_FIXED_WINDOW_MODEL_H_

#include <cstdint>
#include <optional>

#include "absl/time/time.h"
#include "upstream/budget/other_consumers.h"
#include "upstream/budget/priority.h"

namespace wriftai {

// Models the upstream's limit as a count that resets at the end of each window.
// Tracks the window boundaries, the use by this replica and by other consumers
// of the token, and a reserve for those others.
//
// The boundaries come from the reset times of responses. Until the first one,
// the model is not located and limits nothing.
//
// Polls have evenly spaced slots in the window, the last one late in it. A poll
// that arrives late then still falls into its window, and the response to the
// last poll shows nearly all use by others. Calls may come at any time and use
// up the slots of polls.
//
// Beside other consumers, polls also use what these leave: right after a
// response late in the window, when it is known what they have used, and likely
// what they will still use. If nothing will be left after it, or rarely, the
// last poll goes at the very end, to see whether they keep their pattern.
//
// Threads: loop. A value. Fails: never.
class FixedWindowModel {
 public:
  // The last poll slot, as a part of the window. Late enough to see the use by
  // others; early enough for a request that takes 150 ms of a 1 s window.
  static constexpr double kLastPollSlot = 0.85;

  // At most `limit` requests (at least 1) per `length`. `share` (above 0, at
  // most 1) is this replica's part; the rest is for other replicas.
  FixedWindowModel(int64_t limit, absl::Duration length, double share)
      : share_(share), limit_(limit), length_(length) {}

  int64_t limit() const { return limit_; }
  absl::Duration length() const { return length_; }
  void set_limit(int64_t limit) { limit_ = limit; }
  void set_length(absl::Duration length);

  bool located() const { return start_ != absl::InfinitePast(); }
  // When the current window ends. Requires located().
  absl::Time end() const { return start_ + length_; }

  // Advances to the window that contains `now`. Returns whether it is a new
  // one. `outstanding` requests have no response yet and may count in this
  // window.
  bool Roll(absl::Time now, int64_t outstanding);

  void OnSent() { ++own_; }
  void OnReleased();

  // A request of ours will get no response. It may or may not have arrived.
  void OnLost() { ++lost_; }

  // A response, received `now`, reported that its window ends at `end`, with
  // `remaining` left.
  void OnResponse(absl::Time now, absl::Time end, int64_t remaining,
                  int64_t outstanding);

  // The kind of limit, as detected from responses.
  enum class Kind {
    kUnknown,
    kCount,   // Resets in full at the end of each window.
    kRefill,  // Refills steadily; the reported window ends mean nothing.
  };
  Kind kind() const { return kind_; }
  void set_kind(Kind kind);

  // Detects the kind from the response last passed to OnResponse(). Call only
  // if no other request was in flight with it.
  void DetectKind(int64_t remaining);

  // A response took `duration`.
  void OnRoundTrip(absl::Duration duration);

  // A 429 reported that its window ends at `end`.
  void OnLimited(absl::Time end, int64_t outstanding);

  // Moves the poll slots after a 429 in a window without use by others, which
  // means that the slots straddle the boundary.
  void ShiftPollSlots();

  // Upper bound of the current window's use, by all consumers.
  int64_t Used(int64_t outstanding) const;

  // This replica's share of a window in whole requests, at least 1.
  int64_t OwnMax() const;

  // Expected use of a window by others, including other replicas.
  int64_t others() const;

  // Whether others use more than the shares of the other replicas.
  bool HasOtherConsumers() const { return others() > limit_ - OwnMax(); }

  // Requests reserved for others in the rest of this window.
  int64_t ReservedForOthers() const;

  // Earliest time for a request that the window allows, at least `now`.
  absl::Time Earliest(Priority priority, absl::Time now,
                      int64_t outstanding) const;

  // Requests that may go in the rest of this window although nothing is due.
  // LeftFree() more are left to calls, due polls and other consumers. May be
  // negative.
  int64_t Spare(int64_t outstanding) const;
  int64_t LeftFree() const;

  // Requests per window left to this replica, at least 1.
  int64_t Quota() const;

 private:
  bool MoveTo(absl::Time end, int64_t outstanding);
  void Close();
  void SkipWindow();
  size_t MaxWindows() const;
  bool UsesLeftovers() const { return others_.max() > 0 && share_ == 1; }

  // Poll slots, as parts of the window: the last one, if more polls may follow
  // in the same window; the one at the very end; which of them is the last one
  // of this window or the `next`; and that of the poll number `index`.
  double LateSlot() const;
  double EndSlot() const;
  double LastSlot(bool next) const;
  absl::Duration PollSlot(int64_t index, bool next) const;

  // Whether a poll may use now what others leave of this window. Right after a
  // response, this causes no 429 of ours.
  bool HasLeftover(absl::Time now, int64_t outstanding) const;

  const double share_;
  int64_t limit_;
  absl::Duration length_;
  absl::Time start_ = absl::InfinitePast();

  // Counts of the current window.
  int64_t own_ = 0;        // Sent by this replica.
  int64_t responded_ = 0;  // Requests whose response reported this window.
  int64_t lost_ = 0;       // Requests that will get no response.
  int64_t reported_ = 0;   // Maximum use reported by a response.
  int64_t others_now_ = 0;
  double last_poll_slot_ = kLastPollSlot;
  Kind kind_ = Kind::kUnknown;
  int count_streak_ = 0;  // Consecutive responses consistent with kCount.
  absl::Time responded_at_ = absl::InfinitePast();  // Last, in this window.
  bool saw_end_ = false;                            // Of the current window.

  absl::Duration round_trip_;
  absl::Time leftovers_from_ = absl::InfinitePast();  // No leftovers before.
  OtherConsumers others_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_BUDGET_FIXED_WINDOW_MODEL_H_
