#include "upstream/watch/snapshot_cache.h"

#include <utility>

namespace wriftai {
namespace {

// Keys, nodes and the message's own structure, measured on small predictions.
constexpr int64_t kOverhead = 1024;

}  // namespace

void SnapshotCache::Put(const std::string& credential_key,
                        SnapshotPtr snapshot) {
  const int64_t bytes =
      static_cast<int64_t>(snapshot->prediction.ByteSizeLong()) + kOverhead;
  if (bytes > options_.max_bytes / 4) return;
  const Key key(credential_key, snapshot->prediction.id());
  const auto found = entries_.find(key);
  if (found != entries_.end()) {
    if (!MayFollow(found->second.snapshot->prediction, snapshot->prediction)) {
      return;
    }
    Erase(found);
  }
  by_use_.push_front(key);
  bytes_ += bytes;
  entries_.emplace(
      key, Entry{std::move(snapshot), bytes,
                 scheduler_.Now() + options_.keep_for, by_use_.begin()});
  MakeRoom();
}

SnapshotPtr SnapshotCache::Find(const std::string& credential_key,
                                const std::string& id) {
  const auto found = entries_.find({credential_key, id});
  if (found == entries_.end()) return nullptr;
  if (found->second.expires_at <= scheduler_.Now()) {
    Erase(found);
    return nullptr;
  }
  by_use_.splice(by_use_.begin(), by_use_, found->second.used);
  return found->second.snapshot;
}

void SnapshotCache::Forget(const std::string& credential_key) {
  auto it = entries_.lower_bound({credential_key, std::string()});
  while (it != entries_.end() && it->first.first == credential_key) {
    it = Erase(it);
  }
}

SnapshotCache::Entries::iterator SnapshotCache::Erase(Entries::iterator entry) {
  bytes_ -= entry->second.bytes;
  by_use_.erase(entry->second.used);
  return entries_.erase(entry);
}

void SnapshotCache::MakeRoom() {
  while (bytes_ > options_.max_bytes) Erase(entries_.find(by_use_.back()));
}

}  // namespace wriftai
