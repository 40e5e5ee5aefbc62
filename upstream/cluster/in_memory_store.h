#ifndef WRIFTAI_UPSTREAM_CLUSTER_IN_MEMORY_STORE_H_
#define WRIFTAI_UPSTREAM_CLUSTER_IN_MEMORY_STORE_H_

#include <cstdint>
#include <list>
#include <memory>

#include "base/event_loop.h"
#include "upstream/cluster/store.h"
#include "upstream/cluster/store_state.h"

namespace wriftai::cluster {

// A Store within the process, for a replica without a shared one, and for
// tests.
//
// Threads: loop. Owns: the contents. EventLoop must outlive it; it must outlive
// its handles. Fails: as Store, but never with UNAVAILABLE or
// DEADLINE_EXCEEDED.
class InMemoryStore : public Store {
 public:
  explicit InMemoryStore(EventLoop& event_loop);
  ~InMemoryStore() override;

  [[nodiscard]] CallHandle Range(KeyRange range, absl::Time deadline,
                                 Done<RangeResult> done) override;
  [[nodiscard]] CallHandle Commit(Txn txn, absl::Time deadline,
                                  Done<TxnResult> done) override;
  [[nodiscard]] CallHandle GrantLease(absl::Duration ttl, absl::Time deadline,
                                      Done<int64_t> done) override;
  [[nodiscard]] CallHandle KeepAlive(int64_t lease, absl::Time deadline,
                                     Done<absl::Duration> done) override;
  [[nodiscard]] CallHandle RevokeLease(
      int64_t lease, absl::Time deadline,
      absl::AnyInvocable<void(absl::Status)> done) override;
  [[nodiscard]] CallHandle Watch(KeyRange range, int64_t revision,
                                 EventsDone on_events) override;

  // For faults: a full store, compaction, leases that end early.
  StoreState& state() { return state_; }

 private:
  class Watcher;

  void ScheduleExpiry();

  EventLoop& event_loop_;
  StoreState state_;
  std::list<Watcher*> watchers_;
  TimerHandle expiry_;
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_UPSTREAM_CLUSTER_IN_MEMORY_STORE_H_
