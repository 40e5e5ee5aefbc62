#include "upstream/watch/watch_table.h"

#include <optional>
#include <utility>
#include <vector>

#include "upstream/prediction_state.h"

namespace wriftai {
namespace {

// An observation within this multiple of the interval is on time.
constexpr double kLateFactor = 1.25;

// Weight of a new observation in average_spacing_.
constexpr double kSpacingGain = 0.1;

const v1::Prediction* PredictionOf(const SnapshotPtr& known) {
  return known == nullptr ? nullptr : &known->prediction;
}

}  // namespace

WatchTable::WatchTable(std::shared_ptr<const Credential> credential,
                       const Shared& shared, std::function<void()> on_dirty)
    : credential_(std::move(credential)),
      shared_(shared),
      on_dirty_(std::move(on_dirty)),
      tracer_(shared_.poll_trace, credential_, shared_.event_loop),
      rejected_token_(shared_.event_loop),
      idle_since_(shared_.event_loop.Now()) {}

uint64_t WatchTable::Subscribe(const std::string& id,
                               const WatchOptions& options,
                               PredictionObserver& observer, SnapshotPtr known,
                               bool contended) {
  ++shared_.stats.waits;
  if (rejected_token_.active()) {
    const uint64_t waiter = shared_.next_waiter++;
    rejected_token_.Notify(waiter, observer);
    return waiter;
  }
  std::unique_ptr<PollTarget>& target = targets_[id];
  if (target == nullptr) {
    if (auto kept = shared_.cache.Find(credential_->key(), id)) known = kept;
    target = std::make_unique<PollTarget>(
        id, std::move(known), shared_.event_loop.Now(), shared_.event_loop,
        shared_.next_waiter);
    target->webhook_backoff =
        shared_.webhooks.StartBackoff(credential_->key(), id);
    target->watch.set_spacing(target->webhook_backoff.interval());
    // Also without a trace: it may begin while the prediction is watched.
    target->watch.set_on_notified(
        [this, &id = target->watch.id()](const Snapshot& snapshot,
                                         int64_t waiters) {
          tracer_.OnNotified(id, snapshot, waiters);
        });
  }
  if (target->created == absl::InfinitePast()) {
    target->created = options.created;
  }
  if (target->watch.newest() != nullptr) ++shared_.stats.waits_from_cache;
  idle_since_ = absl::InfiniteFuture();
  const uint64_t waiter = target->watch.Subscribe(options, observer);
  if (!target->webhook_backoff.active() && contended &&
      average_spacing_ > options.poll_interval * kLateFactor) {
    target->watch.set_spacing(average_spacing_);
  }
  OnChanged(*target);
  MarkDirty();
  return waiter;
}

void WatchTable::Unsubscribe(const std::string& id, uint64_t waiter) {
  rejected_token_.Cancel(waiter);
  PollTarget* const target = Find(id);
  // The watch may already have been erased if the wait has ended.
  if (target == nullptr) return;
  target->watch.Unsubscribe(waiter);
  OnChanged(*target);
  if (!target->watch.idle()) return;
  target->get.reset();
  ScheduleErase(id);
}

void WatchTable::OnChanged(PollTarget& target) {
  polls_.OnChanged(target);
  if (demand_ != nullptr) ReportDemand(target);
}

void WatchTable::ReportDemand(PollTarget& target) {
  const absl::Duration interval =
      target.watch.ended() ? absl::InfiniteDuration() : target.watch.interval();
  if (interval == target.reported_demand) return;
  target.reported_demand = interval;
  demand_->OnDemandChanged(target.watch.id(), interval);
}

void WatchTable::ObserveDemand(DemandObserver* demand) {
  demand_ = demand;
  for (const auto& [id, target] : targets_) {
    target->reported_demand = absl::InfiniteDuration();
    if (demand_ != nullptr) ReportDemand(*target);
  }
}

void WatchTable::Fail(PollTarget& target, const absl::Status& status) {
  target.watch.Fail([&] { return status; });
  OnChanged(target);
  ScheduleErase(target.watch.id());
}

void WatchTable::RejectToken(const absl::Status& status) {
  rejected_token_.Record(status);
  shared_.cache.Evict(credential_->key());
  shared_.webhooks.Evict(credential_->key());
  EndAll([&](PredictionWatch& watch) { watch.Fail([&] { return status; }); });
}

void WatchTable::DrainAll(const std::function<absl::Status()>& status) {
  EndAll([&](PredictionWatch& watch) { watch.Drain(status); });
}

void WatchTable::EndAll(const std::function<void(PredictionWatch&)>& end) {
  // Observers may subscribe or unsubscribe. Only EraseIdle() erases targets.
  std::vector<PollTarget*> targets;
  targets.reserve(targets_.size());
  for (const auto& [id, target] : targets_) targets.push_back(target.get());
  for (PollTarget* const target : targets) {
    end(target->watch);
    OnChanged(*target);
    ScheduleErase(target->watch.id());
  }
}

void WatchTable::ScheduleErase(const std::string& id) {
  may_be_idle_.push_back(id);
  if (erase_ != nullptr) return;
  erase_ = shared_.event_loop.RunAt(shared_.event_loop.Now(),
                                    [this] { EraseIdle(); });
}

void WatchTable::EraseIdle() {
  erase_.reset();
  for (const std::string& id : std::exchange(may_be_idle_, {})) {
    const auto found = targets_.find(id);
    if (found == targets_.end()) continue;
    const PredictionWatch& watch = found->second->watch;
    // Its last waiter will unsubscribe.
    if (!watch.idle()) continue;
    // Cached for later waits, unless the token was rejected.
    if (watch.newest() != nullptr && !rejected_token_.active()) {
      shared_.cache.Put(credential_->key(), watch.newest());
    }
    polls_.Remove(*found->second);
    targets_.erase(found);
  }
  if (targets_.empty()) idle_since_ = shared_.event_loop.Now();
  MarkDirty();
}

PollTarget* WatchTable::Find(const std::string& id) {
  const auto found = targets_.find(id);
  return found == targets_.end() ? nullptr : found->second.get();
}

size_t WatchTable::waiter_count() const {
  size_t count = 0;
  for (const auto& [id, target] : targets_) {
    count += target->watch.waiter_count();
  }
  return count;
}

bool WatchTable::Apply(Observation observation) {
  PollTarget* const target = Find(observation.id());
  if (target == nullptr || target->watch.idle()) {
    ApplyUnwatched(shared_, credential_->key(), observation);
    return false;
  }
  const v1::Source source = observation.source();
  switch (source) {
    case v1::SOURCE_WEBHOOK:
      ApplyEvent(*target, std::move(observation));
      break;
    case v1::SOURCE_LIST:
      // First, since an event that was waiting for this is worth more: pages
      // lack the output.
      RecordAccess(shared_, credential_->key(), observation.id(), source);
      ApplyPageItem(*target, observation);
      break;
    default:
      ApplyVerified(*target, std::move(observation));
      RecordAccess(shared_, credential_->key(), target->watch.id(), source);
  }
  OnChanged(*target);
  MarkDirty();
  return true;
}

void WatchTable::ApplyRemote(Observation observation) {
  PollTarget* const target = Find(observation.id());
  if (target == nullptr || target->watch.idle()) return;
  RecordAccess(shared_, credential_->key(), observation.id(),
               observation.source());
  // If polls resume here, they continue from this one.
  target->requested_at = target->verified_at = observation.observed().now;
  SetState(*target, std::move(observation));
  OnChanged(*target);
}

void WatchTable::ApplyUnwatched(const Shared& shared,
                                const std::string& credential_key,
                                const Observation& observation) {
  const v1::Prediction& prediction = observation.prediction();
  const v1::Source source = observation.source();
  if (source == v1::SOURCE_WEBHOOK) {
    const SnapshotPtr known =
        shared.cache.Find(credential_key, prediction.id());
    if (!shared.webhooks.Accept(credential_key, PredictionOf(known), prediction,
                                nullptr)) {
      return;
    }
  }
  // Pages lack the output.
  if (source != v1::SOURCE_LIST && shared.cache.Fits(prediction)) {
    shared.cache.Put(credential_key, observation.ToSnapshot());
  }
  // There are no further events for predictions that have ended, and pages show
  // many of them.
  if (source != v1::SOURCE_LIST || !IsTerminal(prediction)) {
    RecordAccess(shared, credential_key, prediction.id(), source);
  }
}

// The credential's own request showed the prediction, so it may see its events.
void WatchTable::RecordAccess(const Shared& shared,
                              const std::string& credential_key,
                              const std::string& id, v1::Source source) {
  if (source == v1::SOURCE_WEBHOOK) return;
  if (source == v1::SOURCE_CREATE) {
    shared.recent_creates.Record(credential_key, id);
  }
  shared.webhooks.RecordOwner(credential_key, id);
}

void WatchTable::ApplyEvent(PollTarget& target, Observation event) {
  if (!shared_.webhooks.Accept(credential_->key(),
                               PredictionOf(target.watch.newest()),
                               event.prediction(), &target.webhook_backoff)) {
    return;
  }
  target.requested_at = target.verified_at = event.observed().now;
  SetState(target, std::move(event));
}

// Applies a state from a GET or a create.
void WatchTable::ApplyVerified(PollTarget& target, Observation observation) {
  CheckPageObservation(target, observation);
  CheckMissedEvent(target, observation.prediction(), observation.is_own_poll());
  // The poll loop has set it for its own polls.
  if (!observation.is_own_poll()) {
    target.requested_at = observation.requested().now;
  }
  target.OnVerified(observation.observed().now);
  SetState(target, std::move(observation));
}

void WatchTable::ApplyPageItem(PollTarget& target,
                               const Observation& observation) {
  const v1::Prediction& item = observation.prediction();
  const absl::Time requested_at = observation.requested().now;
  const absl::Time now = observation.observed().now;
  if (CreatedAt(item) != absl::InfinitePast()) target.created = CreatedAt(item);
  if (target.HasNewerGet(requested_at, now) || target.watch.ended()) return;
  const v1::Prediction* const known = PredictionOf(target.watch.newest());
  if (known != nullptr && !MayFollow(*known, item)) {
    // Only a GET can show a newer state.
    target.missing_from_page = true;
    if (list_trust_.OnStaleItem(target.state_since, requested_at, now)) {
      DropPageObservations();
    }
    return;
  }
  if (list_trust_.distrusted(now) &&
      (known == nullptr || !IsUpdate(*known, item))) {
    return;
  }
  CheckMissedEvent(target, item,
                   requested_at - target.requested_at >= target.interval());
  target.requested_at = requested_at;
  target.missing_from_page = false;
  target.RecordPageObservation(item, observation.requested());
  if (IsTerminal(item)) {
    // Waiters are notified once the output is there.
    if (!target.output_pending) target.ended_at = UpdatedAt(item);
    target.output_pending = true;
    return;
  }
  SetState(target,
           Observation(known == nullptr ? item : WithPayloadsOf(*known, item),
                       v1::SOURCE_LIST, observation.requested(),
                       observation.observed()));
}

// Compares what pages showed with what a GET or a create returned.
void WatchTable::CheckPageObservation(PollTarget& target,
                                      const Observation& verified) {
  const std::optional<PageObservation> page_observation =
      std::exchange(target.page_observation, std::nullopt);
  if (page_observation.has_value() &&
      list_trust_.OnGot(*page_observation, verified.prediction(),
                        verified.requested().now, verified.observed())) {
    DropPageObservations();
  }
}

void WatchTable::DropPageObservations() {
  for (const auto& [id, target] : targets_) target->DropPageObservations();
  polls_.OnAllChanged();
}

void WatchTable::OnIntervalsShortened() {
  polls_.OnAllChanged();
  MarkDirty();
}

void WatchTable::CheckMissedEvent(PollTarget& target,
                                  const v1::Prediction& shown, bool was_due) {
  const SnapshotPtr known = target.watch.newest();
  if (known == nullptr) return;
  shared_.webhooks.CheckMissed(credential_->key(), known->prediction, shown,
                               was_due, target.webhook_backoff);
}

// Makes the state the newest one, and notifies the waiters.
void WatchTable::SetState(PollTarget& target, Observation observation) {
  const Instant observed = observation.observed();
  RecordSpacing(target, observed.now);
  target.seen_at = observed.now;
  const absl::Time created = CreatedAt(observation.prediction());
  if (created != absl::InfinitePast()) target.created = created;
  const SnapshotPtr before = target.watch.newest();
  const bool had_ended = target.watch.ended();
  const v1::Source source = observation.source();
  const bool early = observation.is_early();
  target.watch.Apply(std::move(observation).Take(), source, observed, early);
  const SnapshotPtr& newest = target.watch.newest();
  if (before == nullptr || before->revision != newest->revision) {
    target.state_since = observed.now;
  }
  if (!had_ended && target.watch.ended()) OnEnded(target, observed);
}

void WatchTable::RecordSpacing(PollTarget& target, absl::Time now) {
  if (!target.seen()) return;
  const absl::Duration spacing = now - target.seen_at;
  shared_.stats.staleness.Add(spacing);
  target.watch.set_spacing(spacing > target.interval() * kLateFactor
                               ? spacing
                               : target.webhook_backoff.interval());
  if (!target.webhook_backoff.active()) {
    average_spacing_ += (spacing - average_spacing_) * kSpacingGain;
  }
}

void WatchTable::OnEnded(PollTarget& target, const Instant& observed) {
  const v1::Prediction& ended = target.watch.newest()->prediction;
  ++shared_.stats.ended;
  if (ended.has_updated_at()) {
    shared_.stats.terminal_delay.Add(observed.wall - UpdatedAt(ended));
  }
  run_durations_.Add(ended);
  target.output_pending = false;
  shared_.cache.Put(credential_->key(), target.watch.newest());
  ScheduleErase(target.watch.id());
}

}  // namespace wriftai
