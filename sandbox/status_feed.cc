#include "sandbox/status_feed.h"

#include <optional>
#include <utility>

namespace wriftai::sandbox {

StatusFeed::StatusFeed(const PredictionStore* store, PredictionView view)
    : store_(store), view_(view) {}

void StatusFeed::Add(const Prediction& prediction) {
  if (!prediction.webhook.has_value()) return;
  MutexLock lock(mutex_);
  reported_[prediction.id] = "";
  for (const absl::Time when :
       {prediction.created_at, prediction.starts_at, prediction.ends_at}) {
    transitions_.emplace(when, prediction.id);
  }
}

void StatusFeed::Reschedule(absl::string_view id, absl::Time when) {
  MutexLock lock(mutex_);
  if (reported_.count(std::string(id)) == 0) return;
  transitions_.emplace(when, std::string(id));
}

absl::Time StatusFeed::NextTime() const {
  MutexLock lock(mutex_);
  return transitions_.empty() ? absl::InfiniteFuture()
                              : transitions_.begin()->first;
}

std::vector<WebhookEvent> StatusFeed::TakeDue(absl::Time now) {
  MutexLock lock(mutex_);
  std::vector<WebhookEvent> events;
  while (!transitions_.empty() && transitions_.begin()->first <= now) {
    const absl::Time when = transitions_.begin()->first;
    const std::string id = std::move(transitions_.begin()->second);
    transitions_.erase(transitions_.begin());
    const auto reported = reported_.find(id);
    if (reported == reported_.end()) continue;
    const std::optional<Prediction> prediction = store_->FindAny(id);
    if (!prediction.has_value()) {
      reported_.erase(reported);
      continue;
    }
    const absl::string_view status = prediction->StatusAt(when);
    if (reported->second == status) continue;
    reported->second = std::string(status);
    if (prediction->EndedAt(when)) reported_.erase(reported);
    events.push_back(
        {*prediction->webhook, id,
         FullJson(*prediction, view_, prediction->base_url, when)});
  }
  return events;
}

void StatusFeed::Clear() {
  MutexLock lock(mutex_);
  transitions_.clear();
  reported_.clear();
}

}  // namespace wriftai::sandbox
