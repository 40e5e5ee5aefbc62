#include "upstream/cluster/request_records.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace wriftai::cluster {
namespace {

absl::Status NoAnswer() {
  return absl::UnavailableError(
      "the store has not confirmed the request ID in time; nothing was sent");
}

// Whether the change may have happened, or may still happen.
bool IsUncertain(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

}  // namespace

RequestRecords::RequestRecords(EventLoop& event_loop, Store& store,
                               const Keys& keys, const ClusterTimes& times,
                               const ClusterView& view, const Session& session,
                               const Tenures& tenures)
    : event_loop_(event_loop),
      store_(store),
      keys_(keys),
      times_(times),
      view_(view),
      session_(session),
      tenures_(tenures),
      lease_(event_loop, store, times) {}

RequestRecords::~RequestRecords() = default;

void RequestRecords::Begin(const std::string& tag, const std::string& digest,
                           const std::string& fingerprint, BeginDone done) {
  const std::optional<int64_t> epoch = tenures_.EpochOf(tag);
  if (!epoch.has_value()) {
    return done(absl::FailedPreconditionError(
        "this replica does not own the credential"));
  }
  if (attempts_.size() >= kMaxAttempts) {
    return done(absl::ResourceExhaustedError(absl::StrCat(
        "too many creates in progress (", kMaxAttempts, "); retry later")));
  }
  const std::string id = SessionId(session_.node(), next_attempt_++);
  Attempt& attempt = attempts_[id];
  attempt.id = id;
  attempt.owner_key = keys_.Owner(tag);
  attempt.request_key = keys_.Request(tag, digest);
  attempt.epoch = *epoch;
  attempt.record.session = session_.id();
  attempt.record.attempt = id;
  attempt.record.fingerprint = fingerprint;
  attempt.done = std::move(done);
  attempt.timer =
      event_loop_.RunAt(event_loop_.Now() + times_.begin_deadline,
                        [this, &attempt] { GiveUp(attempt, NoAnswer()); });
  WithLease(id, &RequestRecords::SendNew);
}

// The lease may arrive after the attempt has ended.
void RequestRecords::WithLease(const std::string& id,
                               void (RequestRecords::*next)(Attempt&)) {
  lease_.Get([this, id, next](const absl::StatusOr<int64_t>& lease) {
    const auto found = attempts_.find(id);
    if (found == attempts_.end()) return;
    Attempt& attempt = found->second;
    if (!lease.ok()) return OnLeaseFailed(attempt, lease.status());
    attempt.lease = *lease;
    (this->*next)(attempt);
  });
}

void RequestRecords::OnLeaseFailed(Attempt& attempt,
                                   const absl::Status& status) {
  if (attempt.phase == Phase::kSettling) {
    return RetryLater(attempt, &RequestRecords::SendSettle);
  }
  Finish(attempt, IsUncertain(status) ? NoAnswer() : status);
}

void RequestRecords::SendNew(Attempt& attempt) { SendBegin(attempt, 0); }

void RequestRecords::SendBegin(Attempt& attempt, int64_t replaced) {
  attempt.phase = Phase::kBeginning;
  Txn txn;
  txn.conditions.push_back(KeyIsAt(attempt.owner_key, attempt.epoch));
  // An absent key has revision 0.
  txn.conditions.push_back(KeyIsAt(attempt.request_key, replaced));
  txn.writes.emplace_back(
      Put{attempt.request_key, Encode(attempt.record), attempt.lease});
  txn.else_keys = {attempt.owner_key, attempt.request_key};
  attempt.call =
      store_.Commit(std::move(txn), event_loop_.Now() + times_.begin_deadline,
                    [this, &attempt](const absl::StatusOr<TxnResult>& result) {
                      OnBegin(attempt, result);
                    });
}

void RequestRecords::OnBegin(Attempt& attempt,
                             const absl::StatusOr<TxnResult>& result) {
  if (!result.ok()) return OnBeginFailed(attempt, result.status());
  if (!result->applied) return OnExisting(attempt, *result);
  attempt.phase = Phase::kSending;
  attempt.revision = result->revision;
  attempt.timer.reset();
  BeginResult begun;
  begun.attempt = attempt.id;
  // Last: it may settle, and so erase, the attempt.
  BeginDone done = std::move(attempt.done);
  done(std::move(begun));
}

void RequestRecords::OnBeginFailed(Attempt& attempt,
                                   const absl::Status& status) {
  if (IsUncertain(status)) return GiveUp(attempt, NoAnswer());
  // The record that filled the store may have been written.
  if (absl::IsResourceExhausted(status)) return GiveUp(attempt, status);
  if (!absl::IsNotFound(status)) return Finish(attempt, status);
  // The lease has ended early. Nothing was written.
  lease_.OnNotFound(attempt.lease);
  attempt.phase = Phase::kNotSent;
  WithLease(attempt.id, &RequestRecords::SendNew);
}

void RequestRecords::OnExisting(Attempt& attempt, const TxnResult& result) {
  const std::optional<KeyValue>& owner = result.read[0];
  const std::optional<KeyValue>& existing = result.read[1];
  if (!owner.has_value() || owner->mod_revision != attempt.epoch) {
    return Finish(attempt, absl::FailedPreconditionError(
                               "this replica no longer owns the credential"));
  }
  // The record that was to be replaced is gone.
  if (!existing.has_value()) return SendBegin(attempt, 0);
  const auto record = DecodeRequest(existing->value);
  if (!record.ok()) {
    return Finish(attempt, absl::DataLossError(record.status().message()));
  }
  const bool is_own = NodeOf(record->attempt) == session_.node();
  BeginResult found;
  found.record = *record;
  if (record->state == RequestRecord::State::kAnswered) {
    found.verdict = BeginResult::Verdict::kAnswered;
  } else if (is_own && !attempts_.contains(record->attempt)) {
    // This process has given that attempt up, and never sent it.
    return SendBegin(attempt, existing->mod_revision);
  } else if (!is_own &&
             view_.HasEnded(record->session, existing->mod_revision)) {
    found.verdict = BeginResult::Verdict::kOutcomeUnknown;
  } else {
    found.verdict = BeginResult::Verdict::kInProgress;
  }
  Finish(attempt, std::move(found));
}

// The record may exist, or may still be written.
void RequestRecords::GiveUp(Attempt& attempt, absl::Status status) {
  if (attempt.phase == Phase::kNotSent) {
    return Finish(attempt, std::move(status));
  }
  attempt.phase = Phase::kUndoing;
  attempt.timer.reset();
  BeginDone done = std::move(attempt.done);
  Undo(attempt);
  done(std::move(status));
}

void RequestRecords::Finish(Attempt& attempt,
                            absl::StatusOr<BeginResult> result) {
  BeginDone done = std::move(attempt.done);
  Erase(attempt);
  done(std::move(result));
}

void RequestRecords::Settle(const std::string& attempt,
                            std::optional<std::string> result) {
  const auto found = attempts_.find(attempt);
  if (found == attempts_.end()) return;
  Attempt& settled = found->second;
  settled.phase = Phase::kSettling;
  settled.created = result.has_value();
  settled.record.state = RequestRecord::State::kAnswered;
  settled.record.result = std::move(result).value_or("");
  SendSettle(settled);
}

void RequestRecords::SendSettle(Attempt& attempt) {
  if (attempt.lease == 0) {
    return WithLease(attempt.id, &RequestRecords::SendSettle);
  }
  Txn txn;
  txn.conditions.push_back(KeyIsAt(attempt.request_key, attempt.revision));
  if (attempt.created) {
    txn.writes.emplace_back(
        Put{attempt.request_key, Encode(attempt.record), attempt.lease});
  } else {
    txn.writes.emplace_back(Delete{attempt.request_key});
  }
  attempt.call =
      store_.Commit(std::move(txn), Deadline(),
                    [this, &attempt](const absl::StatusOr<TxnResult>& result) {
                      OnSettled(attempt, result);
                    });
}

void RequestRecords::OnSettled(Attempt& attempt,
                               const absl::StatusOr<TxnResult>& result) {
  // If it was not applied, an earlier try was, or the record has expired.
  if (result.ok()) return Erase(attempt);
  if (absl::IsNotFound(result.status())) {
    lease_.OnNotFound(std::exchange(attempt.lease, 0));
  }
  RetryLater(attempt, &RequestRecords::SendSettle);
}

void RequestRecords::Undo(Attempt& attempt) {
  attempt.call =
      store_.Range(KeyRange::Single(attempt.request_key), Deadline(),
                   [this, &attempt](const absl::StatusOr<RangeResult>& read) {
                     OnUndoRead(attempt, read);
                   });
}

void RequestRecords::OnUndoRead(Attempt& attempt,
                                const absl::StatusOr<RangeResult>& read) {
  if (!read.ok()) return RetryLater(attempt, &RequestRecords::Undo);
  if (read->entries.empty()) return Erase(attempt);
  const KeyValue& entry = read->entries.front();
  const auto record = DecodeRequest(entry.value);
  if (!record.ok() || record->attempt != attempt.id) return Erase(attempt);
  attempt.call = store_.Commit(
      {{KeyIsAt(entry.key, entry.mod_revision)}, {Delete{entry.key}}, {}},
      Deadline(), [this, &attempt](const absl::StatusOr<TxnResult>& result) {
        if (result.ok()) return Erase(attempt);
        RetryLater(attempt, &RequestRecords::Undo);
      });
}

void RequestRecords::RetryLater(Attempt& attempt,
                                void (RequestRecords::*action)(Attempt&)) {
  attempt.timer =
      event_loop_.RunAt(event_loop_.Now() + times_.retry_interval,
                        [this, &attempt, action] { (this->*action)(attempt); });
}

void RequestRecords::Erase(Attempt& attempt) {
  attempts_.erase(std::string(attempt.id));
}

}  // namespace wriftai::cluster
