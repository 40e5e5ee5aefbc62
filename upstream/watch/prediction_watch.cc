#include "upstream/watch/prediction_watch.h"

#include <algorithm>
#include <cassert>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "upstream/error_details.h"

namespace wriftai {

using google::protobuf::util::MessageDifferencer;

namespace {

absl::Status MaxWaitExceeded(absl::string_view id) {
  return GatewayError(
      absl::StatusCode::kDeadlineExceeded, "MAX_WAIT_EXCEEDED",
      absl::StrCat("the gateway's longest wait is over; the prediction ", id,
                   " goes on: wait for it again"));
}

absl::Status StreamAgeReached(absl::string_view id) {
  absl::Status status = GatewayError(
      absl::StatusCode::kUnavailable, kStreamAgeReached,
      absl::StrCat("the stream has reached its age; the prediction ", id,
                   " goes on: wait for it again, where the connection leads"));
  SetRetryDelay(absl::ZeroDuration(), status);
  return status;
}

}  // namespace

PredictionWatch::PredictionWatch(std::string id, SnapshotPtr known,
                                 EventLoop& event_loop)
    : id_(std::move(id)), event_loop_(event_loop), newest_(std::move(known)) {}

uint64_t PredictionWatch::Subscribe(const WatchOptions& options,
                                    PredictionObserver& observer) {
  assert(event_loop_.OnLoopThread());
  const uint64_t key = next_waiter_++;
  Waiter& waiter = waiters_.try_emplace(key, options, observer).first->second;
  intervals_.insert(options.poll_interval);
  if (waiter.end_at() != absl::InfiniteFuture()) {
    waiter.set_end_timer(
        event_loop_.RunAt(waiter.end_at(), [this, key] { EndWait(key); }));
  }
  if (newest_ != nullptr) {
    newcomers_[key] = event_loop_.RunAt(event_loop_.Now(),
                                        [this, key] { NotifyNewcomer(key); });
  }
  return key;
}

void PredictionWatch::Unsubscribe(uint64_t waiter) {
  assert(event_loop_.OnLoopThread());
  newcomers_.erase(waiter);
  const auto found = waiters_.find(waiter);
  if (found != waiters_.end()) Extract(found);
}

Waiter PredictionWatch::Extract(std::map<uint64_t, Waiter>::iterator waiter) {
  intervals_.erase(intervals_.find(waiter->second.poll_interval()));
  auto node = waiters_.extract(waiter);
  return std::move(node.mapped());
}

bool PredictionWatch::Apply(v1::Prediction prediction, v1::Source source,
                            const Instant& learnt) {
  int64_t revision = 1;
  if (newest_ != nullptr) {
    if (!MayFollow(newest_->prediction, prediction)) return false;
    revision = newest_->revision;
    if (!MessageDifferencer::Equals(newest_->prediction, prediction)) {
      ++revision;
    }
  }
  newest_ = std::make_shared<const Snapshot>(Snapshot{
      std::move(prediction), source, learnt.wall, learnt.now, revision, {}});
  if (notifying_ != nullptr) {
    notify_again_ = true;
    return true;
  }
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
  newcomers_.clear();
  notifying_.reset();
  notify_again_ = false;
  // A waiter that is told may make others leave, or come.
  for (uint64_t last = next_waiter_; !waiters_.empty();) {
    const auto next = waiters_.begin();
    const uint64_t key = next->first;
    if (key >= last) return;
    if (notify_first && (ended() || !next->second.notified())) NotifyOne(next);
    // Gone where that was the end, or it has left.
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

absl::Duration PredictionWatch::PolledEvery() const {
  return std::max(interval(), spacing_);
}

void PredictionWatch::NotifyNewcomer(uint64_t waiter) {
  newcomers_.erase(waiter);
  const auto found = waiters_.find(waiter);
  if (found != waiters_.end()) NotifyOne(found);
}

// The next batch; then itself again until all have been told.
void PredictionWatch::NotifyNext() {
  notifying_.reset();
  const absl::Time now = event_loop_.Now();
  for (int told = 0; told < kNotifyBatch; ++told) {
    const auto next = waiters_.lower_bound(next_notified_);
    if (next == waiters_.end()) {
      if (!std::exchange(notify_again_, false)) return;
      next_notified_ = 0;
      continue;
    }
    next_notified_ = next->first + 1;
    if (newcomers_.count(next->first) == 0 &&
        next->second.IsDue(*newest_, now, PolledEvery())) {
      NotifyOne(next);
    }
  }
  notifying_ = event_loop_.RunAt(now, [this] { NotifyNext(); });
}

void PredictionWatch::NotifyOne(std::map<uint64_t, Waiter>::iterator waiter) {
  const SnapshotPtr snapshot = newest_;
  const absl::Time now = event_loop_.Now();
  const absl::Duration polled_every = PolledEvery();
  if (!IsTerminal(snapshot->prediction)) {
    waiter->second.Notify(snapshot, now, polled_every);
    return;
  }
  // Out first: whoever is told the end must not be told twice.
  Extract(waiter).Notify(snapshot, now, polled_every);
}

void PredictionWatch::EndWait(uint64_t waiter) {
  newcomers_.erase(waiter);
  const auto found = waiters_.find(waiter);
  if (found == waiters_.end()) return;
  const bool comes_back = found->second.comes_back();
  Extract(found).Fail(comes_back ? StreamAgeReached(id_)
                                 : MaxWaitExceeded(id_));
}

}  // namespace wriftai
