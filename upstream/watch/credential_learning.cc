// What CredentialWatches learns by other ways than polls, and what that means
// for them.

#include <optional>
#include <utility>

#include "upstream/watch/credential_watches.h"

namespace wriftai {
namespace {

// The list as an item of the circuit breaker; no id is empty.
constexpr char kListItem[] = "";

}  // namespace

bool CredentialWatches::Apply(const v1::Prediction& prediction,
                              v1::Source source) {
  PollTarget* const target = Find(prediction.id());
  if (target == nullptr || target->watch.idle()) return false;
  const Instant learnt = context_.event_loop.ThisInstant();
  if (source == v1::SOURCE_LIST) {
    OnItem(*target, prediction, learnt, learnt);
  } else {
    CheckPageObservation(*target, prediction, learnt.now, learnt);
    CheckWebhookBackoff(*target, prediction, false);
    target->asked_at = learnt.now;
    OnVerified(*target, prediction, source, learnt);
  }
  Plan();
  return true;
}

bool CredentialWatches::ApplyEvent(const v1::Prediction& event) {
  PollTarget* const target = Find(event.id());
  if (target == nullptr || target->watch.idle()) return false;
  WebhookFeed& webhooks = context_.webhooks;
  if (!webhooks.ShouldApply(credential_->key(), target->watch.newest(),
                            event)) {
    return true;
  }
  const Instant learnt = context_.event_loop.ThisInstant();
  target->webhook_backoff.OnNews(webhooks.trust());
  target->asked_at = target->verified_at = learnt.now;
  Apply(*target, event, v1::SOURCE_WEBHOOK, learnt);
  Plan();
  return true;
}

// A GET or a create has shown it.
void CredentialWatches::OnVerified(PollTarget& target,
                                   v1::Prediction prediction, v1::Source source,
                                   const Instant& learnt) {
  target.verified_at = learnt.now;
  target.failures.OnSuccess();
  target.missing_from_page = false;
  // Where a page was ahead of it, polling goes on as before the page.
  target.output_pending = false;
  Apply(target, std::move(prediction), source, learnt);
  OnUpstreamResponds();
}

void CredentialWatches::OnItem(PollTarget& target, const v1::Prediction& item,
                               const Instant& asked, const Instant& learnt) {
  if (CreatedAt(item) != absl::InfinitePast()) target.created = CreatedAt(item);
  RecordOwner(target.watch.id());
  const SnapshotPtr& known = target.watch.newest();
  const bool get_knows_more =
      (target.get != nullptr &&
       learnt.now - target.got_at < PollTarget::kPagePatience) ||
      asked.now < target.verified_at;
  if (get_knows_more || target.watch.ended()) return;
  if (known != nullptr && !MayFollow(known->prediction, item)) {
    // Only a GET brings anything new.
    target.missing_from_page = true;
    if (planner_.trust().OnOlder(target.state_since, asked.now, learnt.now)) {
      OnListDistrusted();
    }
    return;
  }
  if (planner_.trust().distrusted(learnt.now) &&
      (known == nullptr || !IsNews(known->prediction, item))) {
    return;
  }
  CheckWebhookBackoff(target, item,
                      asked.now - target.asked_at >= target.interval());
  target.asked_at = asked.now;
  target.missing_from_page = false;
  target.RecordPageObservation(item, asked);
  if (IsTerminal(item)) {
    // The end is told with its output.
    if (!target.output_pending) target.ended_at = UpdatedAt(item);
    target.output_pending = true;
    return;
  }
  Apply(target,
        known == nullptr ? item : WithPayloadsOf(known->prediction, item),
        v1::SOURCE_LIST, learnt);
}

// Whether pages were right about what a GET, asked for at `asked_at`, shows.
void CredentialWatches::CheckPageObservation(PollTarget& target,
                                             const v1::Prediction& got,
                                             absl::Time asked_at,
                                             const Instant& learnt) {
  const std::optional<PageObservation> page_observation =
      std::exchange(target.page_observation, std::nullopt);
  if (page_observation.has_value() &&
      planner_.trust().OnGot(*page_observation, got, asked_at, learnt)) {
    OnListDistrusted();
  }
}

void CredentialWatches::OnListDistrusted() {
  for (const auto& [id, target] : targets_) target->DropPageObservations();
}

void CredentialWatches::OnPageFailed(const absl::Status& status,
                                     PollCircuitBreaker::Standing standing,
                                     absl::Time asked_at) {
  if (status.code() == absl::StatusCode::kUnauthenticated) {
    OnTokenRefused(status);
  } else {
    OnPollFailed(kListItem, standing, status, asked_at, absl::Seconds(1));
  }
}

void CredentialWatches::RecordOwner(const std::string& id) {
  const auto event = context_.webhooks.RecordOwner(credential_->key(), id);
  if (event != nullptr) ApplyEvent(*event);
}

// How rarely a new target is polled, and what its waiters are told of that.
void CredentialWatches::BeginWebhookBackoff(PollTarget& target) {
  if (!context_.webhooks.covered(credential_->key(), target.watch.id())) return;
  target.webhook_backoff.Begin(context_.webhooks.trust());
  target.watch.set_spacing(target.webhook_backoff.interval());
}

void CredentialWatches::CheckWebhookBackoff(PollTarget& target,
                                            const v1::Prediction& shown,
                                            bool was_due) {
  const SnapshotPtr& known = target.watch.newest();
  if (!target.webhook_backoff.on() || known == nullptr) return;
  if (!IsNews(known->prediction, WithPayloadsOf(known->prediction, shown))) {
    if (!was_due) return;
    target.webhook_backoff.OnConfirmed();
    context_.webhooks.OnConfirmed();
    return;
  }
  if (context_.event_loop.WallNow() - UpdatedAt(shown) <
      WebhookFeed::kDelivery) {
    return;
  }
  target.webhook_backoff.OnMissed();
  context_.webhooks.OnMissed(credential_->key(), target.watch.id());
}

}  // namespace wriftai
