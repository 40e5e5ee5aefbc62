#include "upstream/watch/rejected_token_cache.h"

#include <utility>

namespace wriftai {

void RejectedTokenCache::Record(absl::Status status) {
  status_ = std::move(status);
  expires_at_ = event_loop_.Now() + kTtl;
}

void RejectedTokenCache::Notify(uint64_t key, PredictionObserver& observer) {
  pending_[key] = event_loop_.RunAt(event_loop_.Now(), [this, key, &observer] {
    pending_.erase(key);
    observer.OnError(status_);
  });
}

}  // namespace wriftai
