#ifndef WRIFTAI_UPSTREAM_WATCH_SNAPSHOT_CACHE_H_
#define WRIFTAI_UPSTREAM_WATCH_SNAPSHOT_CACHE_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "upstream/core/scheduler.h"
#include "upstream/watch/snapshot.h"

namespace wriftai {

// What was last known of predictions that nobody waits for just now. A wait
// that comes (back) begins with it and costs no read; one that has ended is
// answered from here for as long as it is kept, also after the upstream has
// deleted its data.
//
// Bounded in bytes and in time: the least recently used go first. Keyed by
// credential: what one may see is nothing to another.
//
// Threads: loop. Shares: the snapshots. Scheduler must outlive it. Fails:
// never.
class SnapshotCache {
 public:
  struct Options {
    // Some 30,000 predictions of 2 kB, or 16 outputs of 4 MiB.
    int64_t max_bytes = 64 << 20;
    // Longer than any caller takes to come back for its result.
    absl::Duration keep_for = absl::Hours(1);
  };

  SnapshotCache(Options options, const Scheduler& scheduler)
      : options_(options), scheduler_(scheduler) {}

  // Keeps `snapshot` unless what is kept is newer, or it alone would take more
  // than a quarter of the room.
  void Put(const std::string& credential_key, SnapshotPtr snapshot);

  // Null where nothing is known.
  SnapshotPtr Find(const std::string& credential_key, const std::string& id);

  // Drops all of one credential: its token has been refused.
  void Forget(const std::string& credential_key);

  int64_t bytes() const { return bytes_; }
  size_t size() const { return entries_.size(); }

 private:
  // The credential's key, the prediction's id.
  using Key = std::pair<std::string, std::string>;
  struct Entry {
    SnapshotPtr snapshot;
    int64_t bytes = 0;
    absl::Time expires_at;
    std::list<Key>::iterator used;
  };
  using Entries = std::map<Key, Entry>;

  Entries::iterator Erase(Entries::iterator entry);
  void MakeRoom();

  const Options options_;
  const Scheduler& scheduler_;
  Entries entries_;
  std::list<Key> by_use_;  // Most recently used first.
  int64_t bytes_ = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_SNAPSHOT_CACHE_H_
