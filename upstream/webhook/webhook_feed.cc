#include "upstream/webhook/webhook_feed.h"

#include <cassert>
#include <memory>
#include <utility>
#include <vector>

#include "upstream/prediction_state.h"

namespace wriftai {

void WebhookFeed::Publish(v1::Prediction event) {
  assert(event_loop_.OnLoopThread());
  ++stats_.events;
  const std::vector<std::string> owners = ownership_.OwnersOf(event.id());
  if (owners.empty()) {
    ++stats_.early;
    unclaimed_.Add(std::make_shared<const v1::Prediction>(std::move(event)));
    return;
  }
  for (const std::string& owner : owners) listener_.OnEvent(owner, event);
}

void WebhookFeed::RecordOwner(const std::string& credential_key,
                              const std::string& id) {
  if (!enabled_ || !ownership_.Record(credential_key, id)) return;
  const UnclaimedEventBuffer::Event event = unclaimed_.Find(id);
  if (event == nullptr) return;
  ++stats_.early_used;
  listener_.OnEvent(credential_key, *event);
}

WebhookFeed::Backoff WebhookFeed::StartBackoff(
    const std::string& credential_key, const std::string& id) const {
  Backoff backoff;
  if (ownership_.webhook_active(credential_key, id)) {
    backoff.Start(reliability_);
  }
  return backoff;
}

bool WebhookFeed::Accept(const std::string& credential_key,
                         const v1::Prediction* known,
                         const v1::Prediction& event, Backoff* backoff) {
  if (known != nullptr && !MayFollow(*known, event)) {
    ++stats_.out_of_order;
    return false;
  }
  if (known != nullptr && !IsUpdate(*known, event)) {
    ++stats_.duplicates;
    return false;
  }
  ++stats_.news;
  reliability_.OnEvent();
  ownership_.set_webhook_active(credential_key, event.id(), true);
  if (backoff != nullptr) backoff->OnEvent(reliability_);
  return true;
}

void WebhookFeed::CheckMissed(const std::string& credential_key,
                              const v1::Prediction& known,
                              const v1::Prediction& shown, bool was_due,
                              Backoff& backoff) {
  if (!backoff.active()) return;
  if (!IsUpdate(known, WithPayloadsOf(known, shown))) {
    if (!was_due) return;
    backoff.OnConfirmed();
    ++stats_.confirmed;
    return;
  }
  if (event_loop_.WallNow() - UpdatedAt(shown) < kDeliveryGrace) return;
  backoff.OnMissed();
  ++stats_.missed;
  reliability_.OnMissed();
  ownership_.set_webhook_active(credential_key, known.id(), false);
  listener_.OnEventMissed();
}

WebhookStats WebhookFeed::stats() const {
  WebhookStats stats = stats_;
  stats.unknown = unclaimed_.dropped();
  return stats;
}

}  // namespace wriftai
