#ifndef WRIFTAI_UPSTREAM_WATCH_RECENT_CREATES_H_
#define WRIFTAI_UPSTREAM_WATCH_RECENT_CREATES_H_

#include <cstddef>
#include <string>

#include "absl/time/time.h"
#include "base/event_loop.h"
#include "base/fair_share_lru.h"

namespace wriftai {

// Which predictions this gateway has just created, by credential: a replica of
// the upstream's database that answers the first reads may not know them yet,
// so that a 404 within kGrace is no proof that they do not exist.
//
// Threads: loop. `clock` must outlive it. Fails: never.
class RecentCreates {
 public:
  // How long a 404 is not believed. Replication usually takes less than a
  // second; a replica that is further behind is taken out of service.
  static constexpr absl::Duration kGrace = absl::Seconds(10);

  // 15 creates per second, the published limit of one token, for kGrace, of 66
  // tokens; about 300 bytes each. The credential with the most evicts its
  // oldest; for those a 404 counts at once.
  static constexpr size_t kMaxCreates = 10'000;

  explicit RecentCreates(const EventLoop& clock) : clock_(clock) {}

  // The credential has created it just now.
  void Record(const std::string& credential_key, const std::string& id);

  // When a 404 counts; InfinitePast for one that was not created of late.
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
