#ifndef WRIFTAI_UPSTREAM_CLUSTER_CLUSTER_VIEW_H_
#define WRIFTAI_UPSTREAM_CLUSTER_CLUSTER_VIEW_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "upstream/cluster/keys.h"
#include "upstream/cluster/records.h"
#include "upstream/cluster/store.h"

namespace wriftai::cluster {

// A session that has not been seen to end. Its record is empty if it cannot be
// read.
struct Member {
  MemberRecord record;
  int64_t revision = 0;  // At which it joined.
  int64_t lease = 0;
};

// The record of who owns a credential.
struct Owner {
  std::string session;  // Or kReleased.
  int64_t revision = 0;

  bool released() const;
};

// Observes changes after a load. Loop thread.
class OwnerObserver {
 public:
  virtual ~OwnerObserver() = default;

  // The record of `tag` has changed. `before` and `after` are null where it
  // does not exist. Must not change the view.
  virtual void OnOwnerChanged(const std::string& tag, const Owner* before,
                              const Owner* after) = 0;
};

// The members and owners as the store's watch has shown them: a state that the
// store had at revision(), perhaps a while ago. Rules that depend on having
// seen something depend on this object.
//
// Threads: loop. Owns: its copy, as large as the store's. Keys and observer
// must outlive it. Fails: never; other keys are ignored.
class ClusterView {
 public:
  explicit ClusterView(const Keys& keys) : keys_(keys) {}

  void set_observer(OwnerObserver& observer) { observer_ = &observer; }

  // Replaces everything by a read of Keys::JoinRange(). Notifies nobody.
  void Load(const RangeResult& read);

  // Applies events of Keys::WatchRange(), in the order of their revisions.
  void Apply(const std::vector<Event>& events);

  // Of the last event, or of the load if there was none. 0: never loaded.
  int64_t revision() const { return revision_; }

  // Whether the session that joined at `revision` has been seen to end.
  bool HasEnded(const std::string& session, int64_t revision) const {
    return revision <= revision_ && members_.count(session) == 0;
  }

  // By session, this replica's own included.
  const std::map<std::string, Member>& members() const { return members_; }
  const Member* FindMember(const std::string& session) const;

  // By tag.
  const absl::flat_hash_map<std::string, Owner>& owners() const {
    return owners_;
  }
  const Owner* FindOwner(const std::string& tag) const;

  // When loaded: the addresses in the book, by node.
  const std::map<std::string, std::string>& book() const { return book_; }

 private:
  void ApplyOwner(const std::string& tag, const Event& event);
  void ApplyMember(const std::string& session, const Event& event);

  const Keys& keys_;
  OwnerObserver* observer_ = nullptr;
  int64_t revision_ = 0;
  std::map<std::string, Member> members_;
  absl::flat_hash_map<std::string, Owner> owners_;
  std::map<std::string, std::string> book_;
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_UPSTREAM_CLUSTER_CLUSTER_VIEW_H_
