#ifndef WRIFTAI_UPSTREAM_WATCH_SNAPSHOT_CACHE_H_
#define WRIFTAI_UPSTREAM_WATCH_SNAPSHOT_CACHE_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "base/event_loop.h"
#include "base/fair_share_lru.h"
#include "upstream/watch/snapshot.h"

namespace wriftai {

// What was last known of predictions that nobody waits for just now. A wait
// that comes (back) begins with it and costs no read; one that has ended is
// answered from here for as long as it is kept, also after the upstream has
// deleted its data.
//
// Bounded in bytes and in time: the least recently used go first, of the
// credential that has most (FairShareLru). Keyed by credential: what one may
// see is nothing to another.
//
// Threads: loop. Shares: the snapshots. EventLoop must outlive it. Fails:
// never.
class SnapshotCache {
 public:
  struct Options {
    // Some 30,000 predictions of 2 kB, or 16 outputs of 4 MiB.
    int64_t max_bytes = 64 << 20;
    // Longer than any caller takes to come back for its result.
    absl::Duration keep_for = absl::Hours(1);
  };

  SnapshotCache(Options options, const EventLoop& event_loop)
      : options_(options), event_loop_(event_loop) {}

  // Whether there is room for it: it alone takes a quarter of all at the most.
  bool Takes(const v1::Prediction& prediction) const;

  // Keeps `snapshot` unless what is kept is newer, or Takes() is false.
  void Put(const std::string& credential_key, SnapshotPtr snapshot);

  // Null where nothing is known.
  SnapshotPtr Find(const std::string& credential_key, const std::string& id);

  // Drops all of one credential: its token has been refused.
  void Evict(const std::string& credential_key);

  int64_t bytes() const { return kept_.weight(); }
  size_t size() const { return kept_.size(); }

 private:
  static int64_t BytesOf(const v1::Prediction& prediction);

  struct Kept {
    SnapshotPtr snapshot;
    absl::Time expires_at;
  };

  const Options options_;
  const EventLoop& event_loop_;
  FairShareLru<Kept> kept_;  // By credential and prediction; weighed in bytes.
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_SNAPSHOT_CACHE_H_
