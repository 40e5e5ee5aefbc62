#include "service/replica/measured_store.h"

#include <utility>

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
cluster::Store::Done<Result> MeasuredStore::Measured(StoreCall call,
                                                     Done<Result> done) {
  return [this, call, sent_at = event_loop_.Now(),
          done = std::move(done)](absl::StatusOr<Result> result) mutable {
    Count(call, sent_at, result.status().code());
    done(std::move(result));
  };
}

void MeasuredStore::Count(StoreCall call, absl::Time sent_at,
                          absl::StatusCode code) {
  StoreCallStats& stats = stats_[static_cast<size_t>(call)];
  stats.duration.Add(event_loop_.Now() - sent_at);
  if (code != absl::StatusCode::kOk) ++stats.failures[code];
}

CallHandle MeasuredStore::Range(cluster::KeyRange range, absl::Time deadline,
                                Done<cluster::RangeResult> done) {
  return store_.Range(std::move(range), deadline,
                      Measured(StoreCall::kRange, std::move(done)));
}

CallHandle MeasuredStore::Commit(cluster::Txn txn, absl::Time deadline,
                                 Done<cluster::TxnResult> done) {
  return store_.Commit(std::move(txn), deadline,
                       Measured(StoreCall::kCommit, std::move(done)));
}

CallHandle MeasuredStore::GrantLease(absl::Duration ttl, absl::Time deadline,
                                     Done<int64_t> done) {
  return store_.GrantLease(ttl, deadline,
                           Measured(StoreCall::kGrantLease, std::move(done)));
}

CallHandle MeasuredStore::KeepAlive(int64_t lease, absl::Time deadline,
                                    Done<absl::Duration> done) {
  return store_.KeepAlive(lease, deadline,
                          Measured(StoreCall::kKeepAlive, std::move(done)));
}

CallHandle MeasuredStore::RevokeLease(
    int64_t lease, absl::Time deadline,
    absl::AnyInvocable<void(absl::Status)> done) {
  return store_.RevokeLease(
      lease, deadline,
      [this, sent_at = event_loop_.Now(),
       done = std::move(done)](absl::Status status) mutable {
        Count(StoreCall::kRevokeLease, sent_at, status.code());
        done(std::move(status));
      });
}

CallHandle MeasuredStore::Watch(cluster::KeyRange range, int64_t revision,
                                EventsDone on_events) {
  return store_.Watch(std::move(range), revision, std::move(on_events));
}

}  // namespace wriftai
