#include "upstream/watch/rejected_token_cache.h"

#include <utility>

namespace wriftai {

void RejectedTokenCache::Begin(absl::Status refusal) {
  refusal_ = std::move(refusal);
  until_ = event_loop_.Now() + kBelievedFor;
}

uint64_t RejectedTokenCache::Notify(PredictionObserver& observer) {
  const uint64_t key = next_key_--;
  untold_[key] = event_loop_.RunAt(event_loop_.Now(), [this, key, &observer] {
    untold_.erase(key);
    observer.OnError(refusal_);
  });
  return key;
}

}  // namespace wriftai
