#ifndef WRIFTAI_UPSTREAM_CLUSTER_STORE_H_
#define WRIFTAI_UPSTREAM_CLUSTER_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/call.h"

// What the replicas need of a shared store. The words and their meaning are
// those of etcd's v3 API.

namespace wriftai::cluster {

// The keys from `begin` up to, but without, `end`.
struct KeyRange {
  std::string begin;
  std::string end;

  static KeyRange Single(absl::string_view key) {
    return {std::string(key), std::string(key) + '\0'};
  }
  bool Contains(absl::string_view key) const {
    return begin <= key && key < end;
  }
};

struct KeyValue {
  std::string key;
  std::string value;
  int64_t create_revision = 0;
  int64_t mod_revision = 0;
  int64_t lease = 0;  // 0: none.
};

struct RangeResult {
  int64_t revision = 0;  // Of the whole store, when it was read.
  std::vector<KeyValue> entries;
  uint64_t store_id = 0;  // Tells stores apart.
};

// One condition of a transaction. A key that does not exist has the revision 0.
struct Condition {
  enum class Field { kCreateRevision, kModRevision };
  std::string key;
  Field field = Field::kModRevision;
  int64_t revision = 0;
};

inline Condition KeyIsAbsent(std::string key) {
  return {std::move(key), Condition::Field::kCreateRevision, 0};
}
inline Condition KeyIsAt(std::string key, int64_t mod_revision) {
  return {std::move(key), Condition::Field::kModRevision, mod_revision};
}

struct Put {
  std::string key;
  std::string value;
  int64_t lease = 0;
};
struct Delete {
  std::string key;
};
using Write = std::variant<Put, Delete>;

// Applies `writes`, all in one revision, if all conditions hold. Otherwise
// reads `else_keys`. Writes each key at most once.
struct Txn {
  std::vector<Condition> conditions;
  std::vector<Write> writes;
  std::vector<std::string> else_keys;
};

struct TxnResult {
  bool applied = false;
  // Of the whole store. If `applied`, the mod_revision of what was put.
  int64_t revision = 0;
  // The else_keys, in their order. nullopt: does not exist.
  std::vector<std::optional<KeyValue>> read;
};

struct Event {
  bool deleted = false;
  KeyValue entry;  // If deleted: only the key and the revision of the deletion.
};

// A linearizable, durable store. A call that fails with UNAVAILABLE or
// DEADLINE_EXCEEDED may have taken effect, or may still do so.
// RESOURCE_EXHAUSTED: the store is full; reads and KeepAlive continue. It may
// have taken effect, too: etcd applies the write that crosses its quota. Any
// other error is certain: nothing was changed. NOT_FOUND: the lease does not
// exist.
//
// Threads: loop. A callback runs on the loop, after the call returns and,
// except Watch()'s, once the deadline has passed at the latest. Destroying a
// handle, also inside its callback, drops the callback but not the effect. The
// store must outlive its handles.
class Store {
 public:
  template <typename Result>
  using Done = absl::AnyInvocable<void(absl::StatusOr<Result>)>;
  using EventsDone =
      absl::AnyInvocable<void(absl::StatusOr<std::vector<Event>>)>;

  virtual ~Store() = default;

  // A linearizable read: it sees every change that was confirmed before it was
  // sent.
  [[nodiscard]] virtual CallHandle Range(KeyRange range, absl::Time deadline,
                                         Done<RangeResult> done) = 0;

  [[nodiscard]] virtual CallHandle Commit(Txn txn, absl::Time deadline,
                                          Done<TxnResult> done) = 0;

  // Keys that are put under the lease are deleted, in one revision, at the
  // earliest `ttl` after the last KeepAlive.
  [[nodiscard]] virtual CallHandle GrantLease(absl::Duration ttl,
                                              absl::Time deadline,
                                              Done<int64_t> done) = 0;

  // The remaining time. A store in trouble may confirm a lease that it has
  // already deleted, so this proves nothing.
  [[nodiscard]] virtual CallHandle KeepAlive(int64_t lease, absl::Time deadline,
                                             Done<absl::Duration> done) = 0;

  [[nodiscard]] virtual CallHandle RevokeLease(
      int64_t lease, absl::Time deadline,
      absl::AnyInvocable<void(absl::Status)> done) = 0;

  // Calls `on_events` with all changes of `range` from `revision` on, in order.
  // Events of one revision arrive together. An error is the last call:
  // OUT_OF_RANGE if the store no longer has these revisions (compaction), else
  // watch again from the next revision.
  [[nodiscard]] virtual CallHandle Watch(KeyRange range, int64_t revision,
                                         EventsDone on_events) = 0;
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_UPSTREAM_CLUSTER_STORE_H_
