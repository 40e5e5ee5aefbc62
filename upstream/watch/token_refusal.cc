#include "upstream/watch/token_refusal.h"

#include <utility>

namespace wriftai {

void TokenRefusal::Begin(absl::Status refusal) {
  refusal_ = std::move(refusal);
  until_ = scheduler_.Now() + kBelievedFor;
}

uint64_t TokenRefusal::Tell(PredictionObserver& observer) {
  const uint64_t key = next_key_--;
  untold_[key] = scheduler_.PostAt(scheduler_.Now(), [this, key, &observer] {
    untold_.erase(key);
    observer.OnError(refusal_);
  });
  return key;
}

}  // namespace wriftai
