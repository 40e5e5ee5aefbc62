#include "upstream/watch/prediction_watch.h"

#include <algorithm>
#include <cassert>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "upstream/error_details.h"
#include "upstream/prediction_state.h"

namespace wriftai {

using google::protobuf::util::MessageDifferencer;

namespace {

absl::Status MaxWaitExceeded(absl::string_view id) {
  return GatewayError(
      absl::StatusCode::kDeadlineExceeded, v1::MAX_WAIT_EXCEEDED,
      absl::StrCat("maximum wait time reached before prediction ", id,
                   " ended; wait for it again"));
}

absl::Status StreamAgeReached(absl::string_view id) {
  absl::Status status =
      GatewayError(absl::StatusCode::kUnavailable, v1::STREAM_AGE_REACHED,
                   absl::StrCat("maximum stream age reached before prediction ",
                                id, " ended; wait for it again"));
  SetRetryDelay(absl::ZeroDuration(), status);
  return status;
}

}  // namespace

PredictionWatch::PredictionWatch(std::string id, SnapshotPtr known,
                                 EventLoop& event_loop, uint64_t& next_waiter)
    : id_(std::move(id)),
      event_loop_(event_loop),
      next_waiter_(next_waiter),
      newest_(std::move(known)) {}

uint64_t PredictionWatch::Subscribe(const WatchOptions& options,
                                    PredictionObserver& observer) {
  assert(event_loop_.OnLoopThread());
  const uint64_t key = next_waiter_++;
  Waiter& waiter = waiters_.try_emplace(key, options, observer).first->second;
  intervals_.insert(options.poll_interval);
  if (waiter.end_at() != absl::InfiniteFuture()) {
    waiter.set_end_timer(event_loop_.RunAt(
        waiter.end_at(), [this, key] { OnWaitTimeout(key); }));
  }
  if (newest_ != nullptr) {
    new_waiters_[key] = event_loop_.RunAt(
        event_loop_.Now(), [this, key] { NotifyNewWaiter(key); });
  }
  return key;
}

void PredictionWatch::Unsubscribe(uint64_t waiter) {
  assert(event_loop_.OnLoopThread());
  new_waiters_.erase(waiter);
  const auto found = waiters_.find(waiter);
  if (found != waiters_.end()) Extract(found);
}

Waiter PredictionWatch::Extract(std::map<uint64_t, Waiter>::iterator waiter) {
  intervals_.erase(intervals_.find(waiter->second.poll_interval()));
  auto node = waiters_.extract(waiter);
  return std::move(node.mapped());
}

bool PredictionWatch::Apply(v1::Prediction prediction, v1::Source source,
                            const Instant& observed, bool early) {
  int64_t revision = 1;
  if (newest_ != nullptr) {
    if (!MayFollow(newest_->prediction, prediction)) return false;
    revision = newest_->revision;
    if (!MessageDifferencer::Equals(newest_->prediction, prediction)) {
      ++revision;
    }
  }
  newest_ = MakeSnapshot(std::move(prediction), source, observed, revision);
  if (notifying_ != nullptr) {
    notify_again_ = true;
    early_ = early_ && early;
    return true;
  }
  early_ = early;
  next_notified_ = 0;
  NotifyNext();
  return true;
}

void PredictionWatch::Fail(const std::function<absl::Status()>& status) {
  EndAll(status, false);
}

void PredictionWatch::Drain(const std::function<absl::Status()>& status) {
  EndAll(status, newest_ != nullptr);
}

void PredictionWatch::EndAll(const std::function<absl::Status()>& status,
                             bool notify_first) {
  new_waiters_.clear();
  notifying_.reset();
  notify_again_ = false;
  // Observers may unsubscribe other waiters, or subscribe new ones.
  for (uint64_t last = next_waiter_; !waiters_.empty();) {
    const auto next = waiters_.begin();
    const uint64_t key = next->first;
    if (key >= last) return;
    if (notify_first && (ended() || !next->second.notified())) NotifyOne(next);
    // The waiter is gone if that was the end, or if it unsubscribed.
    if (const auto left = waiters_.find(key); left != waiters_.end()) {
      Extract(left).Fail(status());
    }
  }
}

bool PredictionWatch::ended() const {
  return newest_ != nullptr && IsTerminal(newest_->prediction);
}

absl::Duration PredictionWatch::interval() const {
  return intervals_.empty() ? absl::InfiniteDuration() : *intervals_.begin();
}

absl::Duration PredictionWatch::PollSpacing() const {
  return std::max(interval(), spacing_);
}

void PredictionWatch::NotifyNewWaiter(uint64_t waiter) {
  new_waiters_.erase(waiter);
  const auto found = waiters_.find(waiter);
  if (found == waiters_.end()) return;
  const SnapshotPtr snapshot = newest_;
  NotifyOne(found);
  ReportNotified(*snapshot, 1);
}

void PredictionWatch::ReportNotified(const Snapshot& snapshot,
                                     int64_t waiters) const {
  if (on_notified_ && waiters > 0) on_notified_(snapshot, waiters);
}

// Notifies the next batch, and reschedules itself until all are notified.
void PredictionWatch::NotifyNext() {
  notifying_.reset();
  const absl::Time now = event_loop_.Now();
  const SnapshotPtr snapshot = newest_;
  int64_t notified = 0;
  for (int i = 0; i < kNotifyBatch; ++i) {
    const auto next = waiters_.lower_bound(next_notified_);
    if (next == waiters_.end()) {
      if (!std::exchange(notify_again_, false)) {
        ReportNotified(*snapshot, notified);
        return;
      }
      next_notified_ = 0;
      continue;
    }
    next_notified_ = next->first + 1;
    if (new_waiters_.count(next->first) == 0 &&
        next->second.IsDue(*newest_, now, PollSpacing(), early_)) {
      ++notified;
      NotifyOne(next);
    }
  }
  ReportNotified(*snapshot, notified);
  notifying_ = event_loop_.RunAt(now, [this] { NotifyNext(); });
}

void PredictionWatch::NotifyOne(std::map<uint64_t, Waiter>::iterator waiter) {
  const SnapshotPtr snapshot = newest_;
  const absl::Time now = event_loop_.Now();
  const absl::Duration poll_spacing = PollSpacing();
  if (!IsTerminal(snapshot->prediction)) {
    waiter->second.Notify(snapshot, now, poll_spacing);
    return;
  }
  // Removed first, so that it cannot be notified of the end twice.
  Extract(waiter).Notify(snapshot, now, poll_spacing);
}

void PredictionWatch::OnWaitTimeout(uint64_t waiter) {
  new_waiters_.erase(waiter);
  const auto found = waiters_.find(waiter);
  if (found == waiters_.end()) return;
  const bool stream_age_limited = found->second.stream_age_limited();
  Extract(found).Fail(stream_age_limited ? StreamAgeReached(id_)
                                         : MaxWaitExceeded(id_));
}

}  // namespace wriftai
