#include "service/replica/measured_store.h"

#include <utility>

#include "service/replica/measured.h"

namespace wriftai {

const char* NameOf(StoreCall call) {
  switch (call) {
    case StoreCall::kRange:
      return "range";
    case StoreCall::kCommit:
      return "txn";
    case StoreCall::kGrantLease:
      return "lease_grant";
    case StoreCall::kKeepAlive:
      return "lease_keep_alive";
    case StoreCall::kRevokeLease:
      return "lease_revoke";
  }
  return "";
}

template <typename Result>
absl::AnyInvocable<void(Result)> MeasuredStore::Counted(
    StoreCall call, absl::AnyInvocable<void(Result)> done) {
  return Measured(
      event_loop_,
      [&stats = stats_[static_cast<size_t>(call)]](absl::Duration duration,
                                                   const absl::Status& status) {
        stats.duration.Add(duration);
        if (!status.ok()) ++stats.failures[status.code()];
      },
      std::move(done));
}

CallHandle MeasuredStore::Range(cluster::KeyRange range, absl::Time deadline,
                                Done<cluster::RangeResult> done) {
  return store_.Range(std::move(range), deadline,
                      Counted(StoreCall::kRange, std::move(done)));
}

CallHandle MeasuredStore::Commit(cluster::Txn txn, absl::Time deadline,
                                 Done<cluster::TxnResult> done) {
  return store_.Commit(std::move(txn), deadline,
                       Counted(StoreCall::kCommit, std::move(done)));
}

CallHandle MeasuredStore::GrantLease(absl::Duration ttl, absl::Time deadline,
                                     Done<int64_t> done) {
  return store_.GrantLease(ttl, deadline,
                           Counted(StoreCall::kGrantLease, std::move(done)));
}

CallHandle MeasuredStore::KeepAlive(int64_t lease, absl::Time deadline,
                                    Done<absl::Duration> done) {
  return store_.KeepAlive(lease, deadline,
                          Counted(StoreCall::kKeepAlive, std::move(done)));
}

CallHandle MeasuredStore::RevokeLease(
    int64_t lease, absl::Time deadline,
    absl::AnyInvocable<void(absl::Status)> done) {
  return store_.RevokeLease(lease, deadline,
                            Counted(StoreCall::kRevokeLease, std::move(done)));
}

CallHandle MeasuredStore::Watch(cluster::KeyRange range, int64_t revision,
                                EventsDone on_events) {
  return store_.Watch(std::move(range), revision, std::move(on_events));
}

}  // namespace wriftai
