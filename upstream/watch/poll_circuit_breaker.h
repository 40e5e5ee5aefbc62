#ifndef WRIFTAI_UPSTREAM_WATCH_POLL_CIRCUIT_BREAKER_H_
#define WRIFTAI_UPSTREAM_WATCH_POLL_CIRCUIT_BREAKER_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/random.h"

namespace wriftai {

// Longest backoff of failing polls: after an outage of minutes, waiters get
// news within one such delay.
inline constexpr absl::Duration kMaxPollDelay = absl::Seconds(30);

// Decides when the failures of one credential's polls mean that the upstream is
// down, and spaces the probes that find out when it is back.
//
// An item is a prediction, or the list. The breaker opens when different items
// fail in a row, with no response from the upstream in between, and at least
// one of them worked the last time. Items that were never tried count like
// those while nothing has worked for kRecent. An item that already failed on
// its own while others worked says nothing about the upstream.
//
// While it is open, polls are replaced by probes, one at a time. The first
// response closes it, whatever it says.
//
// Threads: loop. A value. Fails: never.
class PollCircuitBreaker {
 public:
  // What is known of an item before it failed.
  enum class Standing { kHealthy, kUntried, kFailing };

  // A response is this long enough evidence that the upstream works: as long
  // as the longest backoff.
  static constexpr absl::Duration kRecent = kMaxPollDelay;

  // Spacing of probes while there are items whose state nobody has ever seen:
  // one that works must not wait behind the backoff of those that fail.
  static constexpr absl::Duration kUntriedProbeInterval = absl::Seconds(1);

  // Longest backoff of probes: shorter than that of polls, since one probe
  // stands for all of them.
  static constexpr absl::Duration kMaxProbeDelay = absl::Seconds(10);

  // How long a probe without a response holds up the next one. A read may take
  // 30 s, and the probed item may be the only one that hangs.
  static constexpr absl::Duration kProbePatience = absl::Seconds(5);

  // The upstream has responded with anything but a failure of its own.
  void OnResponse(absl::Time now);

  // A poll of `item`, sent at `asked_at`, got a server error or no response.
  // `interval`: how often the item is polled, at least one second; the backoff
  // of the probes begins with it.
  void OnFailure(absl::string_view item, Standing standing, absl::Time asked_at,
                 absl::Time now, absl::Duration interval, Random& random);

  // A probe is sent now. Open only.
  void OnProbe(absl::Time now, Random& random);

  bool is_open() const { return open_; }

  // When the failures in a row began that opened it.
  absl::Time since() const { return since_; }

  // When the last response came; InfinitePast before the first.
  absl::Time last_response() const { return last_response_; }

  // Probes sent since it opened.
  int64_t probe_count() const { return probes_; }

  // When the next probe is due. `untried`: some item was never seen or tried.
  absl::Time ProbeAt(bool untried) const;

 private:
  void Open(absl::Time now, absl::Duration interval, Random& random);
  void BackOff(absl::Time now, Random& random);

  absl::Time last_response_ = absl::InfinitePast();

  // The failures in a row.
  std::string first_item_;
  absl::Time since_ = absl::InfinitePast();
  bool several_items_ = false;
  bool healthy_item_ = false;

  bool open_ = false;
  absl::Duration interval_;
  int failed_probes_ = 0;
  int64_t probes_ = 0;
  bool probe_in_flight_ = false;
  absl::Time probe_at_ = absl::InfinitePast();  // The last one, or the opening.
  absl::Time retry_at_ = absl::InfinitePast();
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_POLL_CIRCUIT_BREAKER_H_
