#ifndef WRIFTAI_UPSTREAM_WATCH_OUTAGE_H_
#define WRIFTAI_UPSTREAM_WATCH_OUTAGE_H_

#include "absl/time/time.h"
#include "upstream/core/random.h"

namespace wriftai {

// How long failing polls are put off at most: an outage of minutes ends within
// one such delay for the waiters.
inline constexpr absl::Duration kLongestPollDelay = absl::Seconds(30);

// Whether the upstream is taken for down, as several polls of a credential have
// failed in a row, and until when no more are to be sent then.
//
// Threads: loop. A value. Fails: never.
class Outage {
 public:
  // In a row: one failure may be the prediction's own.
  static constexpr int kFailures = 2;

  // A poll has brought what it asked for.
  void OnAnswer() { failures_ = 0; }

  // One has failed, and the next may not. `interval`: how often it is sent,
  // which is doubled from failure to failure, a second at least.
  void OnFailure(absl::Time now, absl::Duration interval, Random& random);

  bool is_on() const { return failures_ >= kFailures; }
  absl::Time quiet_until() const { return quiet_until_; }

 private:
  int failures_ = 0;
  absl::Time quiet_until_ = absl::InfinitePast();
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_OUTAGE_H_
