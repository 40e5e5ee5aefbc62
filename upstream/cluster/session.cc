#include "upstream/cluster/session.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "upstream/cluster/records.h"

namespace wriftai::cluster {

Session::Session(EventLoop& event_loop, Store& store, const Keys& keys,
                 const ClusterTimes& times, std::string node,
                 MemberRecord record, ClusterView& view)
    : event_loop_(event_loop),
      store_(store),
      keys_(keys),
      times_(times),
      node_(std::move(node)),
      record_(std::move(record)),
      view_(view),
      book_(event_loop, store, times, keys.Book(node_)) {}

void Session::Start() { OnTick(); }

void Session::OnTick() {
  tick_ = event_loop_.RunAt(event_loop_.Now() + times_.read_interval,
                            [this] { OnTick(); });
  if (state_ == State::kStopped) {
    Join();
  } else if (state_ == State::kActive) {
    if (watch_ == nullptr) ResumeWatch();
    if (book_.IsDue() && !book_.writing()) {
      book_.Write(record_.address, [](const absl::Status&) {});
    }
    CheckMember();
    if (record_changed_) RewriteMember();
  }
}

void Session::SetRecord(MemberRecord record) {
  if (Encode(record) == Encode(record_)) return;
  record_ = std::move(record);
  record_changed_ = true;
  if (active()) RewriteMember();
}

// In place: another session would have to wait before it grants.
void Session::RewriteMember() {
  const absl::Time now = event_loop_.Now();
  if (now - rewritten_at_ < times_.retry_interval) return;
  rewritten_at_ = now;
  const std::string value = Encode(record_);
  Txn txn;
  txn.conditions.push_back(
      {member_key_, Condition::Field::kCreateRevision, revision_});
  txn.writes.emplace_back(Put{member_key_, value, lease_});
  rewriting_ =
      store_.Commit(std::move(txn), Deadline(),
                    [this, value](const absl::StatusOr<TxnResult>& result) {
                      if (result.ok() && value == Encode(record_)) {
                        record_changed_ = false;
                      }
                    });
}

// The entry in the book comes first, the read of the book last: of two replicas
// that join at the same time, at least one finds the other.
void Session::Join() {
  state_ = State::kJoining;
  id_ = SessionId(node_, ++number_);
  member_key_ = keys_.Member(id_);
  const auto grant = [this] {
    joining_ = store_.GrantLease(times_.session_ttl, Deadline(),
                                 [this](const absl::StatusOr<int64_t>& lease) {
                                   if (!lease.ok()) return End();
                                   lease_ = *lease;
                                   PutMember();
                                 });
  };
  if (!book_.IsDue()) return grant();
  book_.Write(record_.address, [this, grant](const absl::Status& status) {
    if (!status.ok()) return End();
    grant();
  });
}

void Session::PutMember() {
  record_changed_ = false;
  joining_ = store_.Commit(
      {{}, {Put{member_key_, Encode(record_), lease_}}, {}}, Deadline(),
      [this](const absl::StatusOr<TxnResult>& result) {
        if (!result.ok()) return End();
        revision_ = result->revision;
        LoadView();
      });
}

void Session::LoadView() {
  joining_ = store_.Range(keys_.JoinRange(), Deadline(),
                          [this, sent_at = event_loop_.Now()](
                              const absl::StatusOr<RangeResult>& read) {
                            if (!read.ok()) return End();
                            Begin(*read, sent_at);
                          });
}

void Session::Begin(const RangeResult& read, absl::Time sent_at) {
  view_.Load(read);
  // The lease has ended before the read.
  if (view_.FindMember(id_) == nullptr) return End();
  state_ = State::kActive;
  store_id_ = read.store_id;
  ++stats_.begun;
  began_at_ = event_loop_.Now();
  last_good_read_ = sent_at;
  certain_until_ = sent_at + times_.certainty;
  ResumeWatch();
  for (SessionObserver* const observer : observers_) {
    observer->OnSessionBegan();
  }
}

void Session::ResumeWatch() {
  watch_ =
      store_.Watch(keys_.WatchRange(), view_.revision() + 1,
                   [this](const absl::StatusOr<std::vector<Event>>& events) {
                     OnEvents(events);
                   });
}

void Session::OnEvents(const absl::StatusOr<std::vector<Event>>& events) {
  if (events.ok()) return view_.Apply(*events);
  watch_.reset();
  // What the view has missed cannot be known any more, so read all again. Other
  // failures pass: OnTick() resumes the watch.
  if (absl::IsOutOfRange(events.status())) End();
}

void Session::CheckMember() {
  const absl::Time sent_at = event_loop_.Now();
  reads_[next_read_] = store_.Range(
      KeyRange::Single(member_key_), Deadline(),
      [this, sent_at](const absl::StatusOr<RangeResult>& read) {
        if (!read.ok()) return;
        if (read->entries.empty()) return End();
        store_id_ = read->store_id;
        if (!IsCertain()) ++stats_.lapses;
        last_good_read_ = std::max(last_good_read_, sent_at);
        certain_until_ = std::max(certain_until_, sent_at + times_.certainty);
      });
  next_read_ = (next_read_ + 1) % kMaxReads;
  keep_alive_ = store_.KeepAlive(lease_, Deadline(),
                                 [](const absl::StatusOr<absl::Duration>&) {});
}

void Session::ExtendCertainty(absl::Time until) {
  certain_until_ = std::max(certain_until_, until);
}

void Session::End() {
  const bool was_active = active();
  if (was_active) {
    ++stats_.ended;
    if (!IsCertain()) ++stats_.lapses;
  }
  state_ = State::kStopped;
  joining_.reset();
  for (CallHandle& read : reads_) read.reset();
  keep_alive_.reset();
  rewriting_.reset();
  watch_.reset();
  Revoke();
  if (!was_active) return;
  for (SessionObserver* const observer : observers_) {
    observer->OnSessionEnded();
  }
}

// Whatever has ended the session, its keys must not outlive it for long.
void Session::Revoke() {
  if (lease_ == 0) return;
  revoking_ = store_.RevokeLease(std::exchange(lease_, 0), Deadline(),
                                 [](const absl::Status&) {});
}

void Session::Close(EventLoop::Task done) {
  tick_.reset();
  const int64_t lease = std::exchange(lease_, 0);
  End();
  if (lease == 0) return event_loop_.Post(std::move(done));
  revoking_ = store_.RevokeLease(
      lease, Deadline(),
      [done = std::move(done)](const absl::Status&) mutable { done(); });
}

}  // namespace wriftai::cluster
