#include "upstream/watch/snapshot_cache.h"

#include <utility>

#include "upstream/prediction_state.h"

namespace wriftai {
namespace {

// Keys, nodes and the message's own overhead, measured with small predictions.
constexpr int64_t kSnapshotOverhead = 1024;

}  // namespace

int64_t SnapshotCache::BytesOf(const v1::Prediction& prediction) {
  return static_cast<int64_t>(prediction.ByteSizeLong()) + kSnapshotOverhead;
}

bool SnapshotCache::Fits(const v1::Prediction& prediction) const {
  return BytesOf(prediction) <= options_.max_bytes / 4;
}

void SnapshotCache::Put(const std::string& credential_key,
                        SnapshotPtr snapshot) {
  if (!Fits(snapshot->prediction)) return;
  const int64_t bytes = BytesOf(snapshot->prediction);
  const std::string& id = snapshot->prediction.id();
  const absl::Time expires_at = event_loop_.Now() + options_.ttl;
  if (auto* const known = entries_.Find(credential_key, id)) {
    if (!MayFollow(known->value.snapshot->prediction, snapshot->prediction)) {
      return;
    }
    entries_.Replace(*known, bytes, {std::move(snapshot), expires_at});
  } else {
    entries_.Add(credential_key, id, bytes, {std::move(snapshot), expires_at});
  }
  while (entries_.weight() > options_.max_bytes) {
    entries_.Erase(*entries_.NextToEvict());
  }
}

SnapshotPtr SnapshotCache::Find(const std::string& credential_key,
                                const std::string& id) {
  auto* const found = entries_.Find(credential_key, id);
  if (found == nullptr) return nullptr;
  if (found->value.expires_at <= event_loop_.Now()) {
    entries_.Erase(*found);
    return nullptr;
  }
  entries_.Touch(*found);
  return found->value.snapshot;
}

void SnapshotCache::Evict(const std::string& credential_key) {
  while (auto* const kept = entries_.OldestOf(credential_key)) {
    entries_.Erase(*kept);
  }
}

}  // namespace wriftai
