#ifndef WRIFTAI_UPSTREAM_CLUSTER_TENURES_H_
#define WRIFTAI_UPSTREAM_CLUSTER_TENURES_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/node_hash_map.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/call.h"
#include "base/event_loop.h"
#include "upstream/cluster/cluster_times.h"
#include "upstream/cluster/cluster_view.h"
#include "upstream/cluster/introductions.h"
#include "upstream/cluster/keys.h"
#include "upstream/cluster/session.h"
#include "upstream/cluster/store.h"
#include "upstream/cluster/takeover_pauses.h"

namespace wriftai::cluster {

// Loop thread. Must not call Tenures, except its const functions.
class TenureObserver {
 public:
  virtual ~TenureObserver() = default;

  // This replica owns the credential now, but see Tenures::MayGrant().
  virtual void OnTenureBegan(const std::string& tag, int64_t epoch) = 0;
  // It does not own it any more.
  virtual void OnTenureEnded(const std::string& tag, int64_t epoch) = 0;
};

// The credentials in use here, and which of them this replica owns. It claims
// those without an owner. A tenure begins when the watch, not the claim's
// response, shows this replica's record: by then the watch has shown every
// earlier tenure, too, and so the pause is known. It ends when the watch shows
// another record, or the session ends.
//
// Threads: loop. Owns: its calls. All arguments must outlive it. Fails: it
// repeats what the store does not confirm.
class Tenures : public SessionObserver, public OwnerObserver {
 public:
  // Revoking a lease with this many keys blocks etcd's reads for 63 ms, far
  // less than ClusterTimes::read_interval. About 300 bytes each.
  static constexpr size_t kMaxCredentials = 20'000;

  Tenures(EventLoop& event_loop, Store& store, const Keys& keys,
          const ClusterTimes& times, const ClusterView& view,
          const Session& session, const Introductions& introductions,
          TenureObserver& observer);
  ~Tenures() override;

  // The credential is in use here. Until it has been idle for
  // ClusterTimes::idle_timeout, it is claimed whenever it has no owner. Fails:
  // RESOURCE_EXHAUSTED beyond kMaxCredentials.
  absl::Status Use(const std::string& tag);

  // Whether a request with the credential may be sent at this moment. Ask
  // before each one.
  bool MayGrant(const std::string& tag) const;

  // When requests may be sent if the session stays certain; now, if that is not
  // in the future. InfiniteFuture while the session is joining. nullopt: this
  // replica does not own the credential, or is not certain to.
  std::optional<absl::Time> GrantsFrom(const std::string& tag) const;

  // The epoch of the current tenure: the revision of its record. nullopt if it
  // has ended or is being given up.
  std::optional<int64_t> EpochOf(const std::string& tag) const;

  // Gives the credential up: it grants nothing more, and is not claimed again
  // before the next Use().
  void Release(const std::string& tag);

  // The same, but makes a member the owner. If its session has ended, it is
  // released instead.
  void HandOver(const std::string& tag, const std::string& successor);

  // The session's record says now that it is admitted. Before, it claims
  // nothing.
  void OnAdmitted();

  // Credentials in use or owned.
  size_t size() const { return entries_.size(); }

  void OnSessionBegan() override;
  void OnSessionEnded() override;
  void OnOwnerChanged(const std::string& tag, const Owner* before,
                      const Owner* after) override;

 private:
  struct Entry {
    std::string tag;
    absl::Time used_at;
    std::list<Entry*>::iterator by_use;
    bool wanted = false;
    bool queued = false;  // In claims_.
    // A claim has been sent. Until the watch shows a change, or it fails.
    bool claiming = false;
    int64_t epoch = 0;  // 0: not owned.
    absl::Time grants_from;
    bool leaving = false;
    std::string successor;  // If leaving: empty to release.
    CallHandle call;        // The claim, or the end of the tenure.
  };
  struct Released {
    absl::Time delete_at;
    std::string tag;
    int64_t revision;
  };

  Entry* Find(const std::string& tag);
  const Entry* Find(const std::string& tag) const;
  Entry& FindOrAdd(const std::string& tag);
  void Touch(Entry& entry);
  void Erase(Entry& entry);

  bool NeedsClaim(const Entry& entry) const;
  void QueueClaim(Entry& entry);
  void QueueClaims();
  void Claim(Entry& entry);
  void BeginTenure(Entry& entry, int64_t epoch);
  void EndTenure(Entry& entry);
  void Leave(const std::string& tag, const std::string& successor);
  void SendLeave(Entry& entry);
  void RetryLater(const Entry& entry);

  void Schedule();
  void OnTick();
  void ClaimNext();
  void EvictIdle();
  void DeleteReleased();
  absl::Time Deadline() const {
    return event_loop_.Now() + times_.store_deadline;
  }

  EventLoop& event_loop_;
  Store& store_;
  const Keys& keys_;
  const ClusterTimes times_;
  const ClusterView& view_;
  const Session& session_;
  const Introductions& introductions_;
  TenureObserver& observer_;

  absl::node_hash_map<std::string, Entry> entries_;  // By tag.
  std::list<Entry*> by_use_;                         // Least recent first.
  TakeoverPauses pauses_;
  std::deque<std::string> claims_;  // Tags, in the order of the claims.
  std::deque<std::pair<absl::Time, std::string>> retries_;  // By time.
  std::deque<Released> released_;                           // By time.
  CallHandle deletion_;
  bool deleting_ = false;
  // The earliest time of the next claim or idle release.
  absl::Time next_change_at_ = absl::InfinitePast();
  TimerHandle tick_;
  absl::Time tick_at_ = absl::InfiniteFuture();
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_UPSTREAM_CLUSTER_TENURES_H_
