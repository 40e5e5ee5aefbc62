#include "sandbox/status_feed.h"

#include <optional>
#include <utility>

namespace wriftai::sandbox {

StatusFeed::StatusFeed(const PredictionStore* store, PredictionView view)
    : store_(store), view_(view) {}

void StatusFeed::Add(const Prediction& prediction) {
  if (!prediction.webhook.has_value()) return;
  MutexLock lock(mutex_);
  told_[prediction.id] = "";
  for (const absl::Time when :
       {prediction.created_at, prediction.starts_at, prediction.ends_at}) {
    moments_.emplace(when, prediction.id);
  }
}

void StatusFeed::Reschedule(absl::string_view id, absl::Time when) {
  MutexLock lock(mutex_);
  if (told_.count(std::string(id)) == 0) return;
  moments_.emplace(when, std::string(id));
}

absl::Time StatusFeed::NextTime() const {
  MutexLock lock(mutex_);
  return moments_.empty() ? absl::InfiniteFuture() : moments_.begin()->first;
}

std::vector<WebhookEvent> StatusFeed::TakeDue(absl::Time now) {
  MutexLock lock(mutex_);
  std::vector<WebhookEvent> events;
  while (!moments_.empty() && moments_.begin()->first <= now) {
    const absl::Time when = moments_.begin()->first;
    const std::string id = std::move(moments_.begin()->second);
    moments_.erase(moments_.begin());
    const auto told = told_.find(id);
    if (told == told_.end()) continue;
    const std::optional<Prediction> prediction = store_->FindAny(id);
    if (!prediction.has_value()) {
      told_.erase(told);
      continue;
    }
    const absl::string_view status = prediction->StatusAt(when);
    if (told->second == status) continue;
    told->second = std::string(status);
    if (prediction->EndedAt(when)) told_.erase(told);
    events.push_back(
        {*prediction->webhook, id,
         FullJson(*prediction, view_, prediction->base_url, when)});
  }
  return events;
}

void StatusFeed::Clear() {
  MutexLock lock(mutex_);
  moments_.clear();
  told_.clear();
}

}  // namespace wriftai::sandbox
