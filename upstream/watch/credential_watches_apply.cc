// How CredentialWatches applies observations from calls, pages and webhooks,
// and how they affect polling.

#include <optional>
#include <utility>

#include "upstream/prediction_state.h"
#include "upstream/watch/credential_watches.h"

namespace wriftai {
namespace {

// The list as an item of the circuit breaker. Prediction ids are never empty.
constexpr char kListItem[] = "";

}  // namespace

bool CredentialWatches::Apply(const v1::Prediction& prediction,
                              v1::Source source) {
  PollTarget* const target = Find(prediction.id());
  if (target == nullptr || target->watch.idle()) return false;
  const Instant observed = context_.event_loop.ThisInstant();
  if (source == v1::SOURCE_LIST) {
    OnPageItem(*target, prediction, observed, observed);
  } else {
    CheckPageObservation(*target, prediction, observed.now, observed);
    CheckWebhookBackoff(*target, prediction, false);
    target->requested_at = observed.now;
    OnVerified(*target, prediction, source, observed);
  }
  Plan();
  return true;
}

bool CredentialWatches::ApplyEvent(const v1::Prediction& event) {
  PollTarget* const target = Find(event.id());
  if (target == nullptr || target->watch.idle()) return false;
  const SnapshotPtr& known = target->watch.newest();
  if (!context_.webhooks.Accept(credential_->key(),
                                known == nullptr ? nullptr : &known->prediction,
                                event, &target->webhook_backoff)) {
    return true;
  }
  const Instant observed = context_.event_loop.ThisInstant();
  target->requested_at = target->verified_at = observed.now;
  Apply(*target, event, v1::SOURCE_WEBHOOK, observed);
  Plan();
  return true;
}

// Applies a state from a GET or a create.
void CredentialWatches::OnVerified(PollTarget& target,
                                   v1::Prediction prediction, v1::Source source,
                                   const Instant& observed) {
  target.verified_at = observed.now;
  target.failures.OnSuccess();
  target.missing_from_page = false;
  // If a page was ahead of it, polling continues as before the page.
  target.output_pending = false;
  Apply(target, std::move(prediction), source, observed);
  OnUpstreamResponse();
}

void CredentialWatches::OnPageItem(PollTarget& target,
                                   const v1::Prediction& item,
                                   const Instant& requested,
                                   const Instant& observed) {
  if (CreatedAt(item) != absl::InfinitePast()) target.created = CreatedAt(item);
  context_.webhooks.RecordOwner(credential_->key(), target.watch.id());
  const SnapshotPtr& known = target.watch.newest();
  const bool get_is_newer =
      (target.get != nullptr &&
       observed.now - target.get_sent_at < PollTarget::kMaxPageWait) ||
      requested.now < target.verified_at;
  if (get_is_newer || target.watch.ended()) return;
  if (known != nullptr && !MayFollow(known->prediction, item)) {
    // Only a GET can show a newer state.
    target.missing_from_page = true;
    if (planner_.trust().OnStaleItem(target.state_since, requested.now,
                                     observed.now)) {
      OnListDistrusted();
    }
    return;
  }
  if (planner_.trust().distrusted(observed.now) &&
      (known == nullptr || !IsUpdate(known->prediction, item))) {
    return;
  }
  CheckWebhookBackoff(target, item,
                      requested.now - target.requested_at >= target.interval());
  target.requested_at = requested.now;
  target.missing_from_page = false;
  target.RecordPageObservation(item, requested);
  if (IsTerminal(item)) {
    // Waiters are notified once the output is there.
    if (!target.output_pending) target.ended_at = UpdatedAt(item);
    target.output_pending = true;
    return;
  }
  Apply(target,
        known == nullptr ? item : WithPayloadsOf(known->prediction, item),
        v1::SOURCE_LIST, observed);
}

// Compares what pages showed with what a GET, sent at `requested_at`, returned.
void CredentialWatches::CheckPageObservation(PollTarget& target,
                                             const v1::Prediction& got,
                                             absl::Time requested_at,
                                             const Instant& observed) {
  const std::optional<PageObservation> page_observation =
      std::exchange(target.page_observation, std::nullopt);
  if (page_observation.has_value() &&
      planner_.trust().OnGot(*page_observation, got, requested_at, observed)) {
    OnListDistrusted();
  }
}

void CredentialWatches::OnListDistrusted() {
  for (const auto& [id, target] : targets_) target->DropPageObservations();
}

void CredentialWatches::OnPageFailed(const absl::Status& status,
                                     PollCircuitBreaker::Standing standing,
                                     absl::Time requested_at) {
  if (status.code() == absl::StatusCode::kUnauthenticated) {
    OnTokenRejected(status);
  } else {
    OnPollFailed(kListItem, standing, status, requested_at, absl::Seconds(1));
  }
}

void CredentialWatches::CheckWebhookBackoff(PollTarget& target,
                                            const v1::Prediction& shown,
                                            bool was_due) {
  const SnapshotPtr& known = target.watch.newest();
  if (known == nullptr) return;
  context_.webhooks.CheckMissed(credential_->key(), known->prediction, shown,
                                was_due, target.webhook_backoff);
}

}  // namespace wriftai
