// What CredentialWatches learns by other ways than polls, and what that means
// for them.

#include "upstream/watch/credential_watches.h"

namespace wriftai {

bool CredentialWatches::Learn(const v1::Prediction& prediction,
                              v1::Source source) {
  PollTarget* const target = Find(prediction.id());
  if (target == nullptr || target->watch.idle()) return false;
  if (source == v1::SOURCE_LIST) {
    const Instant learnt = context_.scheduler.ThisInstant();
    SeeItem(*target, prediction, learnt.now, learnt);
  } else {
    CheckCover(*target, prediction, false);
    target->asked_at = context_.scheduler.Now();
    Observe(*target, prediction, source, context_.scheduler.ThisInstant());
  }
  Plan();
  return true;
}

bool CredentialWatches::LearnEvent(const v1::Prediction& event) {
  PollTarget* const target = Find(event.id());
  if (target == nullptr || target->watch.idle()) return false;
  WebhookFeed& webhooks = context_.webhooks;
  if (!webhooks.Judge(credential_->key(), target->watch.newest(), event)) {
    return true;
  }
  target->cover.OnNews(webhooks.trust());
  target->asked_at = context_.scheduler.Now();
  Observe(*target, event, v1::SOURCE_WEBHOOK, context_.scheduler.ThisInstant());
  Plan();
  return true;
}

void CredentialWatches::Prove(const std::string& id) {
  const auto event = context_.webhooks.Prove(credential_->key(), id);
  if (event != nullptr) LearnEvent(*event);
}

// How rarely a new target is polled, and what its waiters are told of that.
void CredentialWatches::BeginCover(PollTarget& target) {
  if (!context_.webhooks.covered(credential_->key(), target.watch.id())) return;
  target.cover.Begin(context_.webhooks.trust());
  target.watch.set_spacing(target.cover.interval());
}

void CredentialWatches::CheckCover(PollTarget& target,
                                   const v1::Prediction& shown, bool was_due) {
  const SnapshotPtr& known = target.watch.newest();
  if (!target.cover.on() || known == nullptr) return;
  if (!IsNews(known->prediction, WithPayloadsOf(known->prediction, shown))) {
    if (!was_due) return;
    target.cover.OnConfirmed();
    context_.webhooks.OnConfirmed();
    return;
  }
  if (context_.scheduler.WallNow() - UpdatedAt(shown) <
      WebhookFeed::kDelivery) {
    return;
  }
  target.cover.OnMissed();
  context_.webhooks.OnMissed(credential_->key(), target.watch.id());
}

}  // namespace wriftai
