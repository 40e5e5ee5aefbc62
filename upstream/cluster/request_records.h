#ifndef WRIFTAI_UPSTREAM_CLUSTER_REQUEST_RECORDS_H_
#define WRIFTAI_UPSTREAM_CLUSTER_REQUEST_RECORDS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/container/node_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/call.h"
#include "base/event_loop.h"
#include "upstream/cluster/cluster_times.h"
#include "upstream/cluster/cluster_view.h"
#include "upstream/cluster/keys.h"
#include "upstream/cluster/records.h"
#include "upstream/cluster/request_lease.h"
#include "upstream/cluster/session.h"
#include "upstream/cluster/store.h"
#include "upstream/cluster/tenures.h"

namespace wriftai::cluster {

// What may be done for a request ID.
struct BeginResult {
  enum class Verdict {
    kSend,            // Send the POST once, then call Settle().
    kAnswered,        // `record` has the result.
    kInProgress,      // Another attempt may still settle it. Ask again later.
    kOutcomeUnknown,  // A session that has ended may have sent it.
  };
  Verdict verdict = Verdict::kSend;
  std::string attempt;   // If kSend.
  RequestRecord record;  // Otherwise.
};

// Remembers creates with a request ID in the store, for all replicas, so that
// each is sent at most once. A record is written before the POST, in a
// transaction that requires the current tenure and the absence of a record. So
// a replica that has lost the credential, even without knowing it, sends
// nothing.
//
// An attempt whose beginning the store does not confirm is not sent. Its record
// is deleted as soon as the store answers; if it arrives even later, the next
// Begin() replaces it, because this process knows what it has sent.
//
// Threads: loop. Owns: the attempts. All arguments must outlive it.
class RequestRecords {
 public:
  using BeginDone = absl::AnyInvocable<void(absl::StatusOr<BeginResult>)>;

  // Attempts that are being sent, settled or undone: a minute of the published
  // limit of creates, 15 a second, for 10 credentials. About 1 kB each.
  static constexpr size_t kMaxAttempts = 9'000;

  RequestRecords(EventLoop& event_loop, Store& store, const Keys& keys,
                 const ClusterTimes& times, const ClusterView& view,
                 const Session& session, const Tenures& tenures);
  ~RequestRecords();

  // `digest`: of the request ID. `fingerprint`: of the create; the caller
  // compares it with that of an existing record. `done` runs once, from the
  // loop or before this returns, within ClusterTimes::begin_deadline, and never
  // after this object is destroyed. Fails: FAILED_PRECONDITION if this replica
  // does not own the credential; UNAVAILABLE if the store has not answered;
  // RESOURCE_EXHAUSTED if it is full or there are kMaxAttempts; DATA_LOSS if
  // the record cannot be read. Nothing is to be sent then.
  void Begin(const std::string& tag, const std::string& digest,
             const std::string& fingerprint, BeginDone done);

  // The attempt has ended. `result`: to be replayed, one line; nullopt: nothing
  // was created, so the record is deleted. Repeated until the store answers,
  // also after the tenure.
  void Settle(const std::string& attempt, std::optional<std::string> result);

  size_t attempts() const { return attempts_.size(); }

 private:
  enum class Phase { kNotSent, kBeginning, kSending, kSettling, kUndoing };
  struct Attempt {
    std::string id;
    Phase phase = Phase::kNotSent;
    std::string owner_key;
    std::string request_key;
    int64_t epoch = 0;
    RequestRecord record;
    int64_t lease = 0;
    int64_t revision = 0;  // Of the record, once it is written.
    bool created = true;   // If settling.
    BeginDone done;
    CallHandle call;
    TimerHandle timer;  // The deadline of the beginning, or the next retry.
  };

  void WithLease(const std::string& id, void (RequestRecords::*next)(Attempt&));
  void OnLeaseFailed(Attempt& attempt, const absl::Status& status);
  void SendNew(Attempt& attempt);
  // `replaced`: the revision of the record to replace; 0: there must be none.
  void SendBegin(Attempt& attempt, int64_t replaced);
  void OnBegin(Attempt& attempt, const absl::StatusOr<TxnResult>& result);
  void OnBeginFailed(Attempt& attempt, const absl::Status& status);
  void OnExisting(Attempt& attempt, const TxnResult& result);
  void GiveUp(Attempt& attempt, absl::Status status);
  void Finish(Attempt& attempt, absl::StatusOr<BeginResult> result);

  void SendSettle(Attempt& attempt);
  void OnSettled(Attempt& attempt, const absl::StatusOr<TxnResult>& result);

  void Undo(Attempt& attempt);
  void OnUndoRead(Attempt& attempt, const absl::StatusOr<RangeResult>& read);

  void RetryLater(Attempt& attempt, void (RequestRecords::*action)(Attempt&));
  void Erase(Attempt& attempt);
  absl::Time Deadline() const {
    return event_loop_.Now() + times_.store_deadline;
  }

  EventLoop& event_loop_;
  Store& store_;
  const Keys& keys_;
  const ClusterTimes times_;
  const ClusterView& view_;
  const Session& session_;
  const Tenures& tenures_;
  RequestLease lease_;
  int64_t next_attempt_ = 1;
  absl::node_hash_map<std::string, Attempt> attempts_;  // By id.
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_UPSTREAM_CLUSTER_REQUEST_RECORDS_H_
