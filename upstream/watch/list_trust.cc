#include "upstream/watch/list_trust.h"

#include <algorithm>

#include "upstream/retry_policy.h"
#include "upstream/watch/model_run_durations.h"
#include "upstream/watch/poll_circuit_breaker.h"
#include "upstream/watch/snapshot.h"

namespace wriftai {
namespace {

// Whether `got`, which may follow `item`, shows a later state. Payloads do not
// count: pages have none.
bool IsLater(const v1::Prediction& item, const v1::Prediction& got) {
  return item.status_text() != got.status_text() ||
         (item.has_updated_at() && got.has_updated_at() &&
          UpdatedAt(item) < UpdatedAt(got));
}

}  // namespace

void ListTrust::OnConfirm(absl::Time now, double rate) {
  confirm_at_ = now + absl::Seconds(reads_per_confirmation_ / rate);
}

bool ListTrust::OnGot(const PageObservation& page_observation,
                      const v1::Prediction& got, absl::Time asked_at,
                      const Instant& learnt) {
  const absl::Time updated = UpdatedAt(got);
  if (updated != absl::InfinitePast()) {
    clock_lead_ = std::max(absl::ZeroDuration(),
                           std::min(clock_lead_, learnt.wall - updated));
  }
  if (!MayFollow(page_observation.item, got)) {
    // The page is ahead of the GET: of a replica's lag, or of the truth.
    return asked_at - page_observation.since > kReplicationLag &&
           OnWrong(learnt.now);
  }
  if (!IsLater(page_observation.item, got)) {
    OnAgreed();
    return false;
  }
  if (updated != absl::InfinitePast() &&
      page_observation.asked_wall - (updated + clock_lead_) > kReplicationLag) {
    return OnWrong(learnt.now);
  }
  // The page may have been asked for just before the change, or lag behind by
  // as much as it may: the next ones will show.
  if (asked_at - page_observation.asked_at < kReplicationLag) {
    reads_per_confirmation_ =
        std::max(reads_per_confirmation_ / 2, kMinReadsPerConfirmation);
  }
  // Of one that is still watched OnOlder() finds out.
  if (IsTerminal(got)) Suspect(got, learnt);
  return false;
}

void ListTrust::Suspect(const v1::Prediction& got, const Instant& learnt) {
  UnconfirmedEnd& suspect = suspects_.emplace_back();
  suspect.learnt_at = learnt.now;
  suspect.known.set_id(got.id());
  suspect.known.set_status(got.status());
  suspect.known.set_status_text(got.status_text());
  if (got.has_updated_at()) {
    *suspect.known.mutable_updated_at() = got.updated_at();
  }
  if (suspects_.size() > kMaxSuspects) suspects_.pop_front();
}

bool ListTrust::OnOlder(absl::Time learnt_at, absl::Time asked_at,
                        absl::Time now) {
  return asked_at - learnt_at > kReplicationLag && OnWrong(now);
}

bool ListTrust::OnPage(PageMap::Page& page, const PredictionPage& shown,
                       absl::Time asked_at, absl::Time now) {
  page.failures.OnSuccess();
  failures_.OnSuccess();
  bool wrong = false;
  for (const v1::Prediction& item : shown.predictions) {
    const auto suspect = std::find_if(
        suspects_.begin(), suspects_.end(),
        [&](const UnconfirmedEnd& s) { return s.known.id() == item.id(); });
    if (suspect == suspects_.end()) continue;
    if (item.status() == suspect->known.status()) {
      suspects_.erase(suspect);
    } else if (asked_at - suspect->learnt_at > kReplicationLag) {
      suspects_.erase(suspect);
      wrong = true;
    }
  }
  return wrong && OnWrong(now);
}

void ListTrust::OnPageFailed(PageMap::Page& page, const absl::Status& status,
                             absl::Time now, absl::Time last_response,
                             Random& random) {
  const bool passes = IsTransient(status);
  const absl::Duration first = passes ? absl::Seconds(1) : kMaxPageDelay;
  const absl::Duration longest =
      passes && !IsLikelyPermanent(status) ? kMaxPollDelay : kMaxPageDelay;
  page.failures.OnFailure(status, first, longest, now, last_response, random);
  // The newest page is refused: so is the list.
  const bool is_list = failures_.any() || (!passes && page.cursor.empty());
  failures_.OnFailure(status, first, longest, now, last_response, random);
  if (is_list) failing_until_ = failures_.not_before();
}

bool ListTrust::OnWrong(absl::Time now) {
  if (distrusted(now)) return false;
  distrust_for_ = std::clamp(distrust_for_ * 2, kMinDistrust, kMaxDistrust);
  distrusted_until_ = now + distrust_for_;
  agreements_ = 0;
  reads_per_confirmation_ = kMinReadsPerConfirmation;
  confirm_at_ = absl::InfinitePast();
  suspects_.clear();
  return true;
}

void ListTrust::OnAgreed() {
  reads_per_confirmation_ =
      std::min(reads_per_confirmation_ * 2, kMaxReadsPerConfirmation);
  if (++agreements_ < kAgreementsToForgive) return;
  agreements_ = 0;
  distrust_for_ /= 2;
}

}  // namespace wriftai
