#include "upstream/watch/list_trust.h"

#include <algorithm>

#include "upstream/prediction_state.h"
#include "upstream/retry_policy.h"
#include "upstream/watch/poll_circuit_breaker.h"

namespace wriftai {
namespace {

// Whether `got`, which may follow `item`, is a later state. Ignores payloads,
// which pages do not have.
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
                      const v1::Prediction& got, absl::Time requested_at,
                      const Instant& observed) {
  const absl::Time updated = UpdatedAt(got);
  if (updated != absl::InfinitePast()) {
    clock_lead_ = std::max(absl::ZeroDuration(),
                           std::min(clock_lead_, observed.wall - updated));
  }
  if (!MayFollow(page_observation.item, got)) {
    // The page is ahead of the GET, due to replication lag or an error.
    return requested_at - page_observation.since > kReplicationLag &&
           Distrust(observed.now);
  }
  if (!IsLater(page_observation.item, got)) {
    RecordAgreement();
    return false;
  }
  if (updated != absl::InfinitePast() &&
      page_observation.requested_wall - (updated + clock_lead_) >
          kReplicationLag) {
    return Distrust(observed.now);
  }
  // The page may have been requested just before the change, or be within
  // kReplicationLag. Later pages will show.
  if (requested_at - page_observation.requested_at < kReplicationLag) {
    reads_per_confirmation_ =
        std::max(reads_per_confirmation_ / 2, kMinReadsPerConfirmation);
  }
  // Predictions that are still watched are checked by OnStaleItem().
  if (IsTerminal(got)) RecordUnconfirmedEnd(got, observed);
  return false;
}

void ListTrust::RecordUnconfirmedEnd(const v1::Prediction& got,
                                     const Instant& observed) {
  UnconfirmedEnd& end = unconfirmed_ends_.emplace_back();
  end.observed_at = observed.now;
  end.known.set_id(got.id());
  end.known.set_status(got.status());
  end.known.set_status_text(got.status_text());
  if (got.has_updated_at()) {
    *end.known.mutable_updated_at() = got.updated_at();
  }
  if (unconfirmed_ends_.size() > kMaxUnconfirmedEnds) {
    unconfirmed_ends_.pop_front();
  }
}

bool ListTrust::OnStaleItem(absl::Time known_since, absl::Time requested_at,
                            absl::Time now) {
  return requested_at - known_since > kReplicationLag && Distrust(now);
}

bool ListTrust::OnPage(PageMap::Page& page, const PredictionPage& shown,
                       absl::Time requested_at, absl::Time now) {
  page.failures.OnSuccess();
  failures_.OnSuccess();
  bool wrong = false;
  for (const v1::Prediction& item : shown.predictions) {
    const auto end = std::find_if(
        unconfirmed_ends_.begin(), unconfirmed_ends_.end(),
        [&](const UnconfirmedEnd& s) { return s.known.id() == item.id(); });
    if (end == unconfirmed_ends_.end()) continue;
    if (item.status() == end->known.status()) {
      unconfirmed_ends_.erase(end);
    } else if (requested_at - end->observed_at > kReplicationLag) {
      unconfirmed_ends_.erase(end);
      wrong = true;
    }
  }
  return wrong && Distrust(now);
}

void ListTrust::OnPageFailed(PageMap::Page& page, const absl::Status& status,
                             absl::Time now, absl::Time last_response,
                             Random& random) {
  const bool transient = IsTransient(status);
  const absl::Duration first = transient ? absl::Seconds(1) : kMaxPageDelay;
  const absl::Duration longest =
      transient && !IsLikelyPermanent(status) ? kMaxPollDelay : kMaxPageDelay;
  page.failures.OnFailure(status, first, longest, now, last_response, random);
  // If the newest page is rejected, the list is unusable.
  const bool affects_list =
      failures_.any() || (!transient && page.cursor.empty());
  failures_.OnFailure(status, first, longest, now, last_response, random);
  if (affects_list) failing_until_ = failures_.not_before();
}

bool ListTrust::Distrust(absl::Time now) {
  if (distrusted(now)) return false;
  distrust_for_ = std::clamp(distrust_for_ * 2, kMinDistrust, kMaxDistrust);
  distrusted_until_ = now + distrust_for_;
  agreements_ = 0;
  reads_per_confirmation_ = kMinReadsPerConfirmation;
  confirm_at_ = absl::InfinitePast();
  unconfirmed_ends_.clear();
  return true;
}

void ListTrust::RecordAgreement() {
  reads_per_confirmation_ =
      std::min(reads_per_confirmation_ * 2, kMaxReadsPerConfirmation);
  if (++agreements_ < kAgreementsPerHalving) return;
  agreements_ = 0;
  distrust_for_ /= 2;
}

}  // namespace wriftai
