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

// The last known state of predictions without waiters. A new wait starts from
// it without a read. Predictions that have ended are served from here until
// they expire, even after the upstream deleted their data.
//
// Bounded in bytes and time. The credential with the most bytes evicts its
// least recently used snapshots (FairShareLru). Keyed by credential, since
// credentials must not see each other's predictions.
//
// Threads: loop. Shares: the snapshots. The event loop must outlive it. Fails:
// never.
class SnapshotCache {
 public:
  struct Options {
    // About 30,000 predictions of 2 kB, or 16 outputs of 4 MiB.
    int64_t max_bytes = 64 << 20;
    // Longer than callers take to return for a result.
    absl::Duration ttl = absl::Hours(1);
  };

  SnapshotCache(Options options, const EventLoop& event_loop)
      : options_(options), event_loop_(event_loop) {}

  // Whether it is small enough to be cached: at most a quarter of max_bytes.
  bool Fits(const v1::Prediction& prediction) const;

  // Caches `snapshot` unless the cached one is newer or Fits() is false.
  void Put(const std::string& credential_key, SnapshotPtr snapshot);

  // Null if not cached.
  SnapshotPtr Find(const std::string& credential_key, const std::string& id);

  // Drops all snapshots of the credential, whose token was rejected.
  void Evict(const std::string& credential_key);

  int64_t bytes() const { return entries_.weight(); }
  size_t size() const { return entries_.size(); }

 private:
  static int64_t BytesOf(const v1::Prediction& prediction);

  struct Entry {
    SnapshotPtr snapshot;
    absl::Time expires_at;
  };

  const Options options_;
  const EventLoop& event_loop_;
  FairShareLru<Entry>
      entries_;  // By credential and prediction; weighed in bytes.
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_SNAPSHOT_CACHE_H_
