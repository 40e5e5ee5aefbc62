#ifndef WRIFTAI_UPSTREAM_BUDGET_FIXED_WINDOW_MODEL_H_
#define WRIFTAI_UPSTREAM_BUDGET_FIXED_WINDOW_MODEL_H_

#include <cstdint>
#include <deque>

#include "absl/time/time.h"

namespace wriftai {

// The upstream's limit seen as a count that starts anew at each end of a
// window: where the windows lie, what we and other consumers of the same token
// have used of the current one, and what the others will still want of it.
//
// The boundaries are the upstream's own, read from its reset times; until a
// response has given one, the estimate is not located and says nothing.
//
// Polls have places in the window, evenly spaced, the last one late in it: so
// that a late arrival still falls into its window, and so that the response to
// the last shows nearly all that others have used. Calls may come at any time;
// they use the places of polls.
//
// Threads: loop. A value. Fails: never.
class FixedWindowModel {
 public:
  // The last place, as a part of the window: late enough to see what others
  // use, early enough for a request that is under way for 150 ms of a second.
  static constexpr double kLastPlace = 0.85;

  // At most `limit` requests (from 1) in `length`, of which `share` (above 0,
  // up to 1) is ours and the rest for the other replicas of this program.
  FixedWindowModel(int64_t limit, absl::Duration length, double share)
      : share_(share), limit_(limit), length_(length) {}

  int64_t limit() const { return limit_; }
  absl::Duration length() const { return length_; }
  void set_limit(int64_t limit) { limit_ = limit; }
  void set_length(absl::Duration length);

  bool located() const { return start_ != absl::InfinitePast(); }
  // When the current window ends. Located only.
  absl::Time end() const { return start_ + length_; }

  // Moves on to the window that `now` is in, and says whether it is a new one.
  // `outstanding` requests have been sent whose responses are not there yet:
  // they may have arrived in this one.
  bool Roll(absl::Time now, int64_t outstanding);

  void OnSent() { ++own_; }
  void OnReleased();

  // A response to one of ours will never come; whether it arrived is not known.
  void OnLost() { ++lost_; }

  // A response said that its window ends at `end` and has `remaining` left.
  void OnResponse(absl::Time end, int64_t remaining, int64_t outstanding);

  // What kind of limit the responses have shown.
  enum class Kind {
    kUnknown,
    kCount,   // Starts anew, with all of it, at each end of a window.
    kRefill,  // Comes back steadily; the named ends mean nothing.
  };
  Kind kind() const { return kind_; }
  void set_kind(Kind kind);

  // Learns it from the response that OnResponse() was just told of, if no other
  // request was under way with its own.
  void LearnKind(int64_t remaining);

  // A 429 said that its window ends at `end`.
  void OnLimited(absl::Time end, int64_t outstanding);

  // A 429 of a window in which nobody else was seen: our places lie badly.
  void ShiftPlaces();

  // What the window has been used, by us and by others, at the most.
  int64_t Used(int64_t outstanding) const;

  // What the share leaves to us of a window: whole requests, from 1.
  int64_t OwnMost() const;

  // What other consumers are expected to use of a window, the other replicas
  // included.
  int64_t others() const;

  // Whether they were seen to use more than the other replicas may.
  bool HasStrangers() const { return others() > limit_ - OwnMost(); }

  // What is kept for them in the rest of this window.
  int64_t ReservedForOthers() const;

  // When a call (`is_poll`: a poll) may go at the earliest, as far as the
  // window is concerned. From `now` on.
  absl::Time Earliest(bool is_poll, absl::Time now, int64_t outstanding) const;

  // Our share of a window, from 1.
  int64_t Quota() const;

 private:
  bool MoveTo(absl::Time end, int64_t outstanding);
  void Close();
  absl::Duration Place(int64_t index) const;

  const double share_;
  int64_t limit_;
  absl::Duration length_;
  absl::Time start_ = absl::InfinitePast();

  int64_t own_ = 0;  // Sent by us in this window.
  int64_t answered_ =
      0;              // Of all that were sent, those whose response named it.
  int64_t lost_ = 0;  // Those whose response will never come.
  int64_t reported_ = 0;  // The most that a response said was used.
  int64_t others_now_ = 0;
  double last_place_ = kLastPlace;
  Kind kind_ = Kind::kUnknown;
  int as_a_count_ = 0;  // Replies that fitted one since one did not.
  // What others used in the last windows that showed it.
  std::deque<int64_t> others_seen_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_BUDGET_FIXED_WINDOW_MODEL_H_
