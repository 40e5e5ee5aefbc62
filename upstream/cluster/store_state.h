#ifndef WRIFTAI_UPSTREAM_CLUSTER_STORE_STATE_H_
#define WRIFTAI_UPSTREAM_CLUSTER_STORE_STATE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "upstream/cluster/store.h"

namespace wriftai::cluster {

// The contents of a store, in memory: keys, revisions, leases and the history
// that watches read. Every function acts at once. `now` is any monotonic clock.
//
// Threads: one. Owns: the contents. Fails: as Store.
class StoreState {
 public:
  // How many events are kept for watches; older ones are compacted. A watch
  // that is this far behind reads everything again. About 200 bytes each.
  static constexpr size_t kMaxEvents = 10'000;

  int64_t revision() const { return revision_; }

  RangeResult Range(const KeyRange& range) const;
  absl::StatusOr<TxnResult> Commit(const Txn& txn);

  absl::StatusOr<int64_t> GrantLease(absl::Duration ttl, absl::Time now);
  absl::StatusOr<absl::Duration> KeepAlive(int64_t lease, absl::Time now);
  absl::Status RevokeLease(int64_t lease);

  // When the next lease expires, or nullopt.
  std::optional<absl::Time> NextExpiry() const;
  void ExpireLeases(absl::Time now);
  // Restarts all leases, as a new leader of etcd does.
  void RestartLeases(absl::Time now);

  // The events of `range` since `revision`, itself included. OUT_OF_RANGE if
  // some of them have been compacted.
  absl::StatusOr<std::vector<Event>> EventsFrom(const KeyRange& range,
                                                int64_t revision) const;
  // Forgets the events before `revision`.
  void Compact(int64_t revision);

  // A full store rejects puts and new leases with RESOURCE_EXHAUSTED.
  void set_full(bool full) { full_ = full; }

  // `on_commit` runs after each new revision. It must not change this object.
  void set_on_commit(std::function<void()> on_commit) {
    on_commit_ = std::move(on_commit);
  }

 private:
  struct Lease {
    absl::Duration ttl;
    absl::Time expires_at;
    std::set<std::string> keys;
  };
  using Leases = std::map<int64_t, Lease>;

  bool Holds(const Condition& condition) const;
  const KeyValue* Find(const std::string& key) const;
  absl::Status CheckWrites(const Txn& txn) const;
  bool Apply(const Put& put);
  bool Apply(const Delete& deletion);
  void Extend(Leases::iterator lease, absl::Time expires_at);
  void Remove(Leases::iterator lease);
  void OnCommitted();

  // The revision that is being written.
  int64_t next_revision() const { return revision_ + 1; }

  std::map<std::string, KeyValue> entries_;
  Leases leases_;
  std::set<std::pair<absl::Time, int64_t>> expiries_;
  std::deque<Event> events_;  // By revision.
  int64_t revision_ = 1;      // etcd's first.
  int64_t first_kept_ = 1;
  int64_t next_lease_ = 1;
  bool full_ = false;
  std::function<void()> on_commit_;
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_UPSTREAM_CLUSTER_STORE_STATE_H_
