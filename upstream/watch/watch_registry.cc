#include "upstream/watch/watch_registry.h"

#include <cassert>
#include <vector>

namespace wriftai {

Subscription::~Subscription() { registry_.Leave(watch_, waiter_); }

WatchRegistry::WatchRegistry(Scheduler& scheduler, PredictionClient& client,
                             Random& random)
    : scheduler_(scheduler), client_(client), random_(random) {}

WatchRegistry::~WatchRegistry() = default;

std::unique_ptr<Subscription> WatchRegistry::Subscribe(
    std::shared_ptr<const Credential> credential, std::string id,
    const WatchOptions& options, PredictionObserver& observer,
    std::optional<v1::Prediction> known) {
  assert(scheduler_.OnLoopThread());
  WatchKey key(credential->key(), id);
  std::unique_ptr<PredictionWatch>& watch = watches_[key];
  if (watch == nullptr) {
    watch = std::make_unique<PredictionWatch>(
        std::move(credential), std::move(id), scheduler_, client_, random_);
  }
  if (known.has_value()) watch->Observe(*std::move(known), v1::SOURCE_CREATE);
  const uint64_t waiter = watch->Add(options, observer);
  return std::unique_ptr<Subscription>(
      new Subscription(*this, std::move(key), waiter));
}

void WatchRegistry::FailAll(const std::function<absl::Status()>& status) {
  // A waiter that is told may subscribe or leave; watches themselves are only
  // erased by EraseIdle().
  std::vector<PredictionWatch*> watches;
  watches.reserve(watches_.size());
  for (const auto& entry : watches_) watches.push_back(entry.second.get());
  for (PredictionWatch* const watch : watches) watch->Fail(status);
}

size_t WatchRegistry::waiter_count() const {
  size_t count = 0;
  for (const auto& entry : watches_) count += entry.second->waiter_count();
  return count;
}

void WatchRegistry::Leave(const WatchKey& key, uint64_t waiter) {
  assert(scheduler_.OnLoopThread());
  // A wait that has ended no longer keeps its watch.
  const auto watch = watches_.find(key);
  if (watch == watches_.end()) return;
  watch->second->Remove(waiter);
  if (!watch->second->idle()) return;
  idle_.insert(key);
  if (idle_.size() == 1) {
    erase_ = scheduler_.PostAt(scheduler_.Now(), [this] { EraseIdle(); });
  }
}

void WatchRegistry::EraseIdle() {
  for (const WatchKey& key : idle_) {
    const auto found = watches_.find(key);
    if (found != watches_.end() && found->second->idle()) watches_.erase(found);
  }
  idle_.clear();
}

}  // namespace wriftai
