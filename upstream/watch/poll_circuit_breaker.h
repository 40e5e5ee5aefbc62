#ifndef WRIFTAI_UPSTREAM_WATCH_POLL_CIRCUIT_BREAKER_H_
#define WRIFTAI_UPSTREAM_WATCH_POLL_CIRCUIT_BREAKER_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/random.h"

namespace wriftai {

// Maximum backoff of failing polls. After a long outage, waiters get updates
// within one such delay.
inline constexpr absl::Duration kMaxPollDelay = absl::Seconds(30);

// Decides when failures of one credential's polls mean that the upstream is
// down, and when to probe whether it is back.
//
// An item is a prediction or the list. The breaker opens when different items
// fail in a row without a response in between, and at least one of them was
// healthy. If there was no response for kRecent, untried items count as
// healthy. Items that were already failing while others worked do not count.
//
// While the breaker is open, probes replace polls, one at a time. Any response
// closes it.
//
// Threads: loop. A value. Fails: never.
class PollCircuitBreaker {
 public:
  // The state of an item before it failed.
  enum class Standing { kHealthy, kUntried, kFailing };

  // How long after a response the upstream is assumed to work: as long as the
  // maximum backoff.
  static constexpr absl::Duration kRecent = kMaxPollDelay;

  // Interval between probes while there are untried items. A healthy one must
  // not wait for the backoff of failing ones.
  static constexpr absl::Duration kUntriedProbeInterval = absl::Seconds(1);

  // Maximum backoff of probes. Shorter than that of polls, since one probe
  // replaces all of them.
  static constexpr absl::Duration kMaxProbeDelay = absl::Seconds(10);

  // How long a probe without a response delays the next one. A read may take
  // 30 s, and the probed item may be the only one that hangs.
  static constexpr absl::Duration kMaxProbeWait = absl::Seconds(5);

  // The upstream responded with anything but a server error.
  void OnResponse(absl::Time now);

  // A poll of `item`, sent at `requested_at`, got a server error or no
  // response. `interval` is the item's poll interval. The backoff of the probes
  // starts with it, or with one second if that is longer.
  void OnFailure(absl::string_view item, Standing standing,
                 absl::Time requested_at, absl::Time now,
                 absl::Duration interval, Random& random);

  // A probe is sent now. The breaker must be open.
  void OnProbe(absl::Time now, Random& random);

  bool is_open() const { return open_; }

  // When the first of the failures that opened it occurred.
  absl::Time since() const { return since_; }

  // When the last response came; InfinitePast before the first.
  absl::Time last_response() const { return last_response_; }

  // Probes sent since it opened.
  int64_t probe_count() const { return probes_; }

  // When the next probe is due. `untried`: whether there are untried items.
  absl::Time ProbeAt(bool untried) const;

 private:
  void Open(absl::Time now, absl::Duration interval, Random& random);
  void BackOff(absl::Time now, Random& random);

  absl::Time last_response_ = absl::InfinitePast();

  // The consecutive failures.
  std::string first_item_;
  absl::Time since_ = absl::InfinitePast();
  bool several_items_ = false;
  bool healthy_item_ = false;

  bool open_ = false;
  absl::Duration interval_;
  int failed_probes_ = 0;
  int64_t probes_ = 0;
  bool probe_in_flight_ = false;
  absl::Time probe_at_ = absl::InfinitePast();  // Last probe, or opening.
  absl::Time retry_at_ = absl::InfinitePast();
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_POLL_CIRCUIT_BREAKER_H_
