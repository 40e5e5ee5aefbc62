#include "upstream/cluster/request_lease.h"

#include <utility>

namespace wriftai::cluster {

void RequestLease::Get(Done done) {
  const absl::Time now = event_loop_.Now();
  if (lease_ != 0 && now - granted_at_ < times_.request_lease_interval) {
    return done(lease_);
  }
  waiting_.push_back(std::move(done));
  if (waiting_.size() > 1) return;
  call_ = store_.GrantLease(times_.request_ttl, now + times_.store_deadline,
                            [this, now](const absl::StatusOr<int64_t>& lease) {
                              OnGranted(lease, now);
                            });
}

void RequestLease::OnGranted(const absl::StatusOr<int64_t>& lease,
                             absl::Time asked_at) {
  if (lease.ok()) {
    lease_ = *lease;
    granted_at_ = asked_at;
  }
  for (Done& done : std::exchange(waiting_, {})) done(lease);
}

void RequestLease::OnNotFound(int64_t lease) {
  if (lease == lease_) lease_ = 0;
}

}  // namespace wriftai::cluster
