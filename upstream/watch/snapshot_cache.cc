#include "upstream/watch/snapshot_cache.h"

#include <utility>

namespace wriftai {
namespace {

// Keys, nodes and the message's own structure, measured on small predictions.
constexpr int64_t kSnapshotOverhead = 1024;

}  // namespace

int64_t SnapshotCache::BytesOf(const v1::Prediction& prediction) {
  return static_cast<int64_t>(prediction.ByteSizeLong()) + kSnapshotOverhead;
}

bool SnapshotCache::Takes(const v1::Prediction& prediction) const {
  return BytesOf(prediction) <= options_.max_bytes / 4;
}

void SnapshotCache::Put(const std::string& credential_key,
                        SnapshotPtr snapshot) {
  if (!Takes(snapshot->prediction)) return;
  const int64_t bytes = BytesOf(snapshot->prediction);
  const std::string& id = snapshot->prediction.id();
  if (auto* const known = kept_.Find(credential_key, id)) {
    if (!MayFollow(known->value.snapshot->prediction, snapshot->prediction)) {
      return;
    }
    kept_.Erase(*known);
  }
  const absl::Time expires_at = event_loop_.Now() + options_.keep_for;
  kept_.Add(credential_key, id, bytes, {std::move(snapshot), expires_at});
  while (kept_.weight() > options_.max_bytes) kept_.Erase(*kept_.NextToEvict());
}

SnapshotPtr SnapshotCache::Find(const std::string& credential_key,
                                const std::string& id) {
  auto* const found = kept_.Find(credential_key, id);
  if (found == nullptr) return nullptr;
  if (found->value.expires_at <= event_loop_.Now()) {
    kept_.Erase(*found);
    return nullptr;
  }
  kept_.Touch(*found);
  return found->value.snapshot;
}

void SnapshotCache::Evict(const std::string& credential_key) {
  while (auto* const kept = kept_.OldestOf(credential_key)) kept_.Erase(*kept);
}

}  // namespace wriftai
