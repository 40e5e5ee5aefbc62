#ifndef WRIFTAI_UPSTREAM_CLUSTER_REQUEST_LEASE_H_
#define WRIFTAI_UPSTREAM_CLUSTER_REQUEST_LEASE_H_

#include <cstdint>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/call.h"
#include "base/event_loop.h"
#include "upstream/cluster/cluster_times.h"
#include "upstream/cluster/store.h"

namespace wriftai::cluster {

// The lease under which request records expire. Records that begin within
// ClusterTimes::request_lease_interval share one.
//
// Threads: loop. Owns: its call, and the callbacks that wait for it. EventLoop
// and Store must outlive it. Fails: as Store.
class RequestLease {
 public:
  using Done = absl::AnyInvocable<void(absl::StatusOr<int64_t>)>;

  RequestLease(EventLoop& event_loop, Store& store, const ClusterTimes& times)
      : event_loop_(event_loop), store_(store), times_(times) {}

  // `done` runs once, from the loop or before this returns.
  void Get(Done done);

  // The lease has ended early: nobody gets it any more.
  void OnNotFound(int64_t lease);

 private:
  void OnGranted(const absl::StatusOr<int64_t>& lease, absl::Time asked_at);

  EventLoop& event_loop_;
  Store& store_;
  const ClusterTimes times_;
  int64_t lease_ = 0;  // 0: none.
  absl::Time granted_at_;
  std::vector<Done> waiting_;
  CallHandle call_;
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_UPSTREAM_CLUSTER_REQUEST_LEASE_H_
