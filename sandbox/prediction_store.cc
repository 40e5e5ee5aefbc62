#include "sandbox/prediction_store.h"

#include <algorithm>
#include <utility>

namespace wriftai::sandbox {

PredictionStore::PredictionStore(Options options) : options_(options) {}

PredictionStore::InsertResult PredictionStore::Insert(Prediction* prediction,
                                                      absl::Time now) {
  MutexLock lock(mutex_);
  if (by_id_.count(prediction->id) > 0) return InsertResult::kIdTaken;
  const int64_t payload = prediction->PayloadBytes();
  if (!EvictFor(payload, now)) return InsertResult::kFull;
  prediction->sequence = ++last_sequence_;
  Prediction& kept =
      predictions_.emplace(prediction->sequence, *prediction).first->second;
  by_id_[kept.id] = &kept;
  by_caller_[kept.caller][kept.sequence] = &kept;
  payload_bytes_ += payload;
  return InsertResult::kInserted;
}

bool PredictionStore::EvictFor(int64_t payload, absl::Time now) {
  auto it = predictions_.begin();
  while (static_cast<int64_t>(predictions_.size()) >=
             options_.max_predictions ||
         payload_bytes_ + payload > options_.max_payload_bytes) {
    while (it != predictions_.end() && !it->second.EndedAt(now)) ++it;
    if (it == predictions_.end()) return false;
    const Prediction& old = it->second;
    payload_bytes_ -= old.PayloadBytes();
    by_id_.erase(old.id);
    const auto owned = by_caller_.find(old.caller);
    owned->second.erase(old.sequence);
    if (owned->second.empty()) by_caller_.erase(owned);
    it = predictions_.erase(it);
  }
  return true;
}

Prediction* PredictionStore::FindLocked(absl::string_view caller,
                                        absl::string_view id) const {
  const auto found = by_id_.find(std::string(id));
  if (found == by_id_.end() || found->second->caller != caller) return nullptr;
  return found->second;
}

std::optional<Prediction> PredictionStore::Find(absl::string_view caller,
                                                absl::string_view id) const {
  MutexLock lock(mutex_);
  const Prediction* const found = FindLocked(caller, id);
  if (found == nullptr) return std::nullopt;
  return *found;
}

std::optional<Prediction> PredictionStore::FindAny(absl::string_view id) const {
  MutexLock lock(mutex_);
  const auto found = by_id_.find(std::string(id));
  if (found == by_id_.end()) return std::nullopt;
  return *found->second;
}

PredictionStore::CancelResult PredictionStore::Cancel(absl::string_view caller,
                                                      absl::string_view id,
                                                      absl::Time now,
                                                      absl::Time when,
                                                      RunEnd end) {
  MutexLock lock(mutex_);
  Prediction* const found = FindLocked(caller, id);
  if (found == nullptr) return CancelResult::kUnknown;
  if (found->EndedAt(now)) return CancelResult::kEnded;
  if (found->cancel_requested) return CancelResult::kAlreadyRequested;
  found->cancel_requested = true;
  if (when < found->ends_at) {
    payload_bytes_ -= found->PayloadBytes();
    found->ends_at = when;
    found->end = std::move(end);
    payload_bytes_ += found->PayloadBytes();
  }
  return CancelResult::kAccepted;
}

PredictionStore::Page PredictionStore::List(absl::string_view caller,
                                            std::optional<PageCursor> cursor,
                                            size_t page_size) const {
  MutexLock lock(mutex_);
  Page page;
  const auto owned = by_caller_.find(std::string(caller));
  if (owned == by_caller_.end()) return page;
  const BySequence& all = owned->second;

  // [first, last) from new to old.
  auto first = all.begin();
  auto last = all.begin();
  if (cursor.has_value() &&
      cursor->direction == PageCursor::Direction::kNewer) {
    last = all.lower_bound(cursor->sequence);
    first = last;
    for (size_t i = 0; i < page_size && first != all.begin(); ++i) --first;
  } else {
    if (cursor.has_value()) first = all.upper_bound(cursor->sequence);
    last = first;
    for (size_t i = 0; i < page_size && last != all.end(); ++i) ++last;
  }
  for (auto it = first; it != last; ++it) page.items.push_back(*it->second);
  if (page.items.empty()) return page;
  if (last != all.end()) {
    page.next =
        PageCursor{PageCursor::Direction::kOlder, page.items.back().sequence};
  }
  if (first != all.begin()) {
    page.previous =
        PageCursor{PageCursor::Direction::kNewer, page.items.front().sequence};
  }
  return page;
}

void PredictionStore::Clear() {
  MutexLock lock(mutex_);
  by_caller_.clear();
  by_id_.clear();
  predictions_.clear();
  payload_bytes_ = 0;
}

size_t PredictionStore::size() const {
  MutexLock lock(mutex_);
  return predictions_.size();
}

}  // namespace wriftai::sandbox
