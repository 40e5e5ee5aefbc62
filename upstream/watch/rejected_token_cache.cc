#include "upstream/watch/rejected_token_cache.h"

#include <utility>

namespace wriftai {

void RejectedTokenCache::Record(absl::Status status) {
  status_ = std::move(status);
  expires_at_ = event_loop_.Now() + kTtl;
}

uint64_t RejectedTokenCache::Notify(PredictionObserver& observer) {
  const uint64_t key = next_key_--;
  pending_[key] = event_loop_.RunAt(event_loop_.Now(), [this, key, &observer] {
    pending_.erase(key);
    observer.OnError(status_);
  });
  return key;
}

}  // namespace wriftai
