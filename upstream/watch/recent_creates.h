#ifndef WRIFTAI_UPSTREAM_WATCH_RECENT_CREATES_H_
#define WRIFTAI_UPSTREAM_WATCH_RECENT_CREATES_H_

#include <cstddef>
#include <string>

#include "absl/time/time.h"
#include "base/event_loop.h"
#include "base/fair_share_lru.h"

namespace wriftai {

// Predictions that this gateway has just created, by credential. The replica of
// the upstream's database that serves the first reads may not have them yet. So
// a 404 within kGrace does not mean that they do not exist.
//
// Threads: loop. `clock` must outlive it. Fails: never.
class RecentCreates {
 public:
  // How long a 404 is retried. Replication usually takes less than a second; a
  // replica further behind is taken out of service.
  static constexpr absl::Duration kGrace = absl::Seconds(10);

  // 15 creates per second, the published limit of one token, for kGrace, of 66
  // tokens; about 300 bytes each. The credential with the most evicts its
  // oldest; a 404 for those is final.
  static constexpr size_t kMaxCreates = 10'000;

  explicit RecentCreates(const EventLoop& clock) : clock_(clock) {}

  // The credential has just created the prediction.
  void Record(const std::string& credential_key, const std::string& id);

  // When a 404 becomes final; InfinitePast if there was no recent create.
  absl::Time GraceEnd(const std::string& credential_key,
                      const std::string& id) const;

  size_t size() const { return creates_.size(); }

 private:
  const EventLoop& clock_;
  FairShareLru<absl::Time>
      creates_;  // By credential and prediction; weigh 1 each.
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_RECENT_CREATES_H_
