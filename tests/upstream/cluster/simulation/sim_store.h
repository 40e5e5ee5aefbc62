#ifndef WRIFTAI_TESTS_UPSTREAM_CLUSTER_SIMULATION_SIM_STORE_H_
#define WRIFTAI_TESTS_UPSTREAM_CLUSTER_SIMULATION_SIM_STORE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "base/random.h"
#include "tests/upstream/cluster/simulation/sim_faults.h"
#include "tests/upstream/cluster/simulation/sim_loop.h"
#include "upstream/cluster/store.h"
#include "upstream/cluster/store_state.h"

namespace wriftai::cluster {

class SimWatcher;

// The store that all simulated processes share, with faults.
//
// Threads: one. All arguments must outlive it.
class SimStoreServer {
 public:
  // `loop`: one that is never stopped.
  SimStoreServer(SimLoop& loop, SimFaults& faults, Random& random);

  // Called when a request arrives: true if it takes effect, false if it is
  // lost.
  using Request = absl::AnyInvocable<void(bool)>;

  // Delivers a request after `delay`, or after a hang. Before that, leases that
  // are due end.
  void Receive(size_t slot, absl::Duration delay, Request request);

  // Until when nothing passes between the store and the slot.
  absl::Time BlockedUntil(size_t slot) const;

  void StopUntil(absl::Time when);

  SimLoop& loop;
  SimFaults& faults;
  Random& random;
  StoreState state;
  // By age, so that a seed replays exactly.
  std::map<int64_t, SimWatcher*> watchers;

 private:
  void OnCommit();
  void Deliver(size_t slot, Request request);
  void ExpireLeases();
};

// One process's connection to the store.
//
// Threads: one. All arguments must outlive it.
class SimStore : public Store {
 public:
  SimStore(SimLoop& loop, size_t slot, SimStoreServer& server)
      : loop_(loop), slot_(slot), server_(server) {}

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

 private:
  // Sends `action`, which acts on the store's state and returns the result.
  template <typename Result, typename Callback, typename Action>
  CallHandle Send(absl::Time deadline, Callback done, Action action);

  SimLoop& loop_;
  const size_t slot_;
  SimStoreServer& server_;
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_TESTS_UPSTREAM_CLUSTER_SIMULATION_SIM_STORE_H_
