#ifndef WRIFTAI_UPSTREAM_CLUSTER_SESSION_H_
#define WRIFTAI_UPSTREAM_CLUSTER_SESSION_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/call.h"
#include "base/event_loop.h"
#include "upstream/cluster/book_entry.h"
#include "upstream/cluster/cluster_times.h"
#include "upstream/cluster/cluster_view.h"
#include "upstream/cluster/keys.h"
#include "upstream/cluster/peer_link.h"
#include "upstream/cluster/store.h"

namespace wriftai::cluster {

// Loop thread. Must not close the session.
class SessionObserver {
 public:
  virtual ~SessionObserver() = default;

  // A new session. The view has just been loaded.
  virtual void OnSessionBegan() = 0;

  // The session has ended, and with it all that it owned.
  virtual void OnSessionEnded() = 0;
};

// Counts since the process started. A value.
struct SessionStats {
  int64_t begun = 0;
  int64_t ended = 0;
  int64_t lapses = 0;  // How often a session was not certain any more.
};

// This replica's membership: a lease, the member key under it, and the watch
// that keeps the view current. If the session ends, it begins another one.
//
// The session is certain for ClusterTimes::certainty from the sending of the
// last linearizable read that showed its member key: until then, nobody who has
// seen it end may act. Neither a lease's time nor a KeepAlive counts, because
// a store in trouble confirms leases that it has deleted.
//
// Threads: loop. Owns: its calls and the watch. All arguments must outlive it.
// Fails: never; it repeats what fails.
class Session {
 public:
  // `node`: unique for this process, without '/' and '.'. `record`: what its
  // peers must know of it.
  Session(EventLoop& event_loop, Store& store, const Keys& keys,
          const ClusterTimes& times, std::string node, MemberRecord record,
          ClusterView& view);

  // Observers are notified in the order in which they were added.
  void AddObserver(SessionObserver& observer) {
    observers_.push_back(&observer);
  }

  // Joins, now and whenever a session has ended.
  void Start();

  // Replaces what its peers must know of it. While the store answers, it is
  // written at once, or ClusterTimes::retry_interval after the last time. The
  // address changes only before Start().
  void SetRecord(MemberRecord record);

  // Ends the session until the next Start(). `done` runs once the store has
  // deleted its keys, or at the latest after ClusterTimes::store_deadline.
  void Close(EventLoop::Task done);

  bool active() const { return state_ == State::kActive; }
  const std::string& node() const { return node_; }
  const std::string& address() const { return record_.address; }
  const MemberRecord& record() const { return record_; }

  // While active. The revision is that of the member key.
  const std::string& id() const { return id_; }
  int64_t lease() const { return lease_; }
  int64_t revision() const { return revision_; }
  absl::Time began_at() const { return began_at_; }
  // RangeResult::store_id of the last read. A restored etcd has another one.
  uint64_t store_id() const { return store_id_; }
  Peer AsPeer() const { return {id_, revision_, record_.address}; }

  // Whether a session, or the node of one, is of this process, or has its
  // address: then it is of a former process of this replica.
  bool IsOwn(absl::string_view session, absl::string_view address) const {
    return NodeOf(session) == node_ || address == record_.address;
  }

  // Whether it is certain at this moment. Ask before each grant: the process
  // may have been stopped since any earlier check.
  bool IsCertain() const {
    return active() && event_loop_.Now() < certain_until_;
  }

  const SessionStats& stats() const { return stats_; }

  // When the last good read was sent.
  absl::Time last_good_read() const { return last_good_read_; }

  // The peers have vouched for the session. Only while it is certain.
  void ExtendCertainty(absl::Time until);

  // A peer has seen the session end. Only while it is active.
  void OnSeenEnded() { End(); }

 private:
  enum class State { kStopped, kJoining, kActive };

  // Reads in flight: as many as start within a read's deadline.
  static constexpr size_t kMaxReads = 4;

  void OnTick();
  void Join();
  void PutMember();
  void LoadView();
  void Begin(const RangeResult& read, absl::Time sent_at);
  void CheckMember();
  void RewriteMember();
  void ResumeWatch();
  void OnEvents(const absl::StatusOr<std::vector<Event>>& events);
  void End();
  void Revoke();
  absl::Time Deadline() const {
    return event_loop_.Now() + times_.store_deadline;
  }

  EventLoop& event_loop_;
  Store& store_;
  const Keys& keys_;
  const ClusterTimes times_;
  const std::string node_;
  MemberRecord record_;
  ClusterView& view_;
  BookEntry book_;
  std::vector<SessionObserver*> observers_;

  SessionStats stats_;
  State state_ = State::kStopped;
  int64_t number_ = 0;
  std::string id_;
  std::string member_key_;
  int64_t lease_ = 0;
  int64_t revision_ = 0;
  uint64_t store_id_ = 0;
  absl::Time began_at_;
  absl::Time certain_until_ = absl::InfinitePast();
  absl::Time last_good_read_ = absl::InfinitePast();

  TimerHandle tick_;
  CallHandle joining_;
  bool record_changed_ = false;  // Since the member key was written.
  absl::Time rewritten_at_ = absl::InfinitePast();
  CallHandle rewriting_;
  std::array<CallHandle, kMaxReads> reads_;
  size_t next_read_ = 0;
  CallHandle keep_alive_;
  CallHandle watch_;
  CallHandle revoking_;
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_UPSTREAM_CLUSTER_SESSION_H_
