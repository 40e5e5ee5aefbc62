#ifndef WRIFTAI_SERVICE_REPLICA_MEASURED_STORE_H_
#define WRIFTAI_SERVICE_REPLICA_MEASURED_STORE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "base/event_loop.h"
#include "base/histogram.h"
#include "upstream/cluster/store.h"

namespace wriftai {

// In seconds: from a read within one machine to the deadline of a call to the
// store.
inline constexpr std::array<double, 10> kStoreBounds = {
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.6};

// Counts of one kind of call to the store. A value.
struct StoreCallStats {
  Histogram<kStoreBounds> duration;  // Of all, failed or not.
  std::map<absl::StatusCode, int64_t> failures;
};

enum class StoreCall { kRange, kCommit, kGrantLease, kKeepAlive, kRevokeLease };
inline constexpr size_t kStoreCalls = 5;

// The name of the call, for labels.
const char* NameOf(StoreCall call);

using StoreStats = std::array<StoreCallStats, kStoreCalls>;  // By StoreCall.

// Measures the calls to another store. Calls whose handle is destroyed first
// do not count.
//
// Threads: loop. All arguments must outlive it. Fails: as the other.
class MeasuredStore final : public cluster::Store {
 public:
  MeasuredStore(EventLoop& event_loop, cluster::Store& store)
      : event_loop_(event_loop), store_(store) {}

  [[nodiscard]] CallHandle Range(cluster::KeyRange range, absl::Time deadline,
                                 Done<cluster::RangeResult> done) override;
  [[nodiscard]] CallHandle Commit(cluster::Txn txn, absl::Time deadline,
                                  Done<cluster::TxnResult> done) override;
  [[nodiscard]] CallHandle GrantLease(absl::Duration ttl, absl::Time deadline,
                                      Done<int64_t> done) override;
  [[nodiscard]] CallHandle KeepAlive(int64_t lease, absl::Time deadline,
                                     Done<absl::Duration> done) override;
  [[nodiscard]] CallHandle RevokeLease(
      int64_t lease, absl::Time deadline,
      absl::AnyInvocable<void(absl::Status)> done) override;
  [[nodiscard]] CallHandle Watch(cluster::KeyRange range, int64_t revision,
                                 EventsDone on_events) override;

  const StoreStats& stats() const { return stats_; }

 private:
  template <typename Result>
  absl::AnyInvocable<void(Result)> Counted(
      StoreCall call, absl::AnyInvocable<void(Result)> done);

  EventLoop& event_loop_;
  cluster::Store& store_;
  StoreStats stats_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_REPLICA_MEASURED_STORE_H_
