#ifndef WRIFTAI_UPSTREAM_WATCH_POLL_POSITION_H_
#define WRIFTAI_UPSTREAM_WATCH_POLL_POSITION_H_

#include "absl/time/time.h"

namespace wriftai {

// Where PollQueue has a target. All times but `created` are on
// EventLoop::Now()'s clock, except for the end in `key` of kOutput.
//
// Threads: loop. A value.
struct PollPosition {
  enum class Kind {
    kNone,     // Not to be polled.
    kWaiting,  // Due at `key`.
    kRetry,    // Due; its last GET failed. `key`: when its backoff ended.
    kOutput,   // Due; it ended at `key`.
    kUnseen,   // Due, without a state. `key`: when it was added.
    kSeen,     // Due. `key`: when its state was observed.
  };
  // What its GETs have done so far.
  enum class Gets { kFailing, kUntried, kTried };

  // Its place among the polls.
  Kind kind = Kind::kNone;
  Gets gets = Gets::kUntried;
  absl::Time key = absl::InfinitePast();
  absl::Duration interval;  // Only of kSeen, with its multiplier.

  // Its place among the targets that a GET may confirm.
  bool confirmable = false;
  bool overdue = false;
  absl::Time unverified_since = absl::InfinitePast();

  // Its place in the list.
  bool listed = false;
  absl::Time created = absl::InfinitePast();

  // The interval that its waiters ask for; zero without waiters.
  absl::Duration asked;

  // Changed since PollQueue placed it.
  bool changed = false;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_POLL_POSITION_H_
