#include "upstream/watch/webhook_feed.h"

namespace wriftai {

UnclaimedEventBuffer::Event WebhookFeed::RecordOwner(
    const std::string& credential_key, const std::string& id) {
  if (!enabled_ || !ownership_.Record(credential_key, id)) return nullptr;
  UnclaimedEventBuffer::Event event = unclaimed_.Find(id);
  if (event != nullptr) ++stats_.early_used;
  return event;
}

std::vector<std::string> WebhookFeed::Route(
    const UnclaimedEventBuffer::Event& event) {
  ++stats_.events;
  std::vector<std::string> owners = ownership_.OwnersOf(event->id());
  if (owners.empty()) {
    ++stats_.early;
    unclaimed_.Add(event);
  }
  return owners;
}

bool WebhookFeed::ShouldApply(const std::string& credential_key,
                              const SnapshotPtr& known,
                              const v1::Prediction& event) {
  if (known != nullptr && !MayFollow(known->prediction, event)) {
    ++stats_.out_of_order;
    return false;
  }
  if (known != nullptr && !IsUpdate(known->prediction, event)) {
    ++stats_.duplicates;
    return false;
  }
  ++stats_.news;
  reliability_.OnEvent();
  ownership_.set_webhook_active(credential_key, event.id(), true);
  return true;
}

void WebhookFeed::OnMissed(const std::string& credential_key,
                           const std::string& id) {
  ++stats_.missed;
  reliability_.OnMissed();
  ownership_.set_webhook_active(credential_key, id, false);
  if (on_missed_) on_missed_();
}

WebhookStats WebhookFeed::stats() const {
  WebhookStats stats = stats_;
  stats.unknown = unclaimed_.dropped();
  return stats;
}

}  // namespace wriftai
