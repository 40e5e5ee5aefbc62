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
                                 Scheduler& scheduler)
    : id_(std::move(id)), scheduler_(scheduler), newest_(std::move(known)) {}

uint64_t PredictionWatch::Add(const WatchOptions& options,
                              PredictionObserver& observer) {
  assert(scheduler_.OnLoopThread());
  const uint64_t key = next_waiter_++;
  Waiter& waiter = waiters_.try_emplace(key, options, observer).first->second;
  intervals_.insert(options.poll_interval);
  if (waiter.end_at() != absl::InfiniteFuture()) {
    waiter.set_end_timer(
        scheduler_.PostAt(waiter.end_at(), [this, key] { EndWait(key); }));
  }
  if (newest_ != nullptr) {
    newcomers_[key] =
        scheduler_.PostAt(scheduler_.Now(), [this, key] { TellNewcomer(key); });
  }
  return key;
}

void PredictionWatch::Remove(uint64_t waiter) {
  assert(scheduler_.OnLoopThread());
  newcomers_.erase(waiter);
  const auto found = waiters_.find(waiter);
  if (found != waiters_.end()) Extract(found);
}

Waiter PredictionWatch::Extract(std::map<uint64_t, Waiter>::iterator waiter) {
  intervals_.erase(intervals_.find(waiter->second.poll_interval()));
  auto node = waiters_.extract(waiter);
  return std::move(node.mapped());
}

bool PredictionWatch::Observe(v1::Prediction prediction, v1::Source source,
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
  if (telling_ != nullptr) {
    tell_again_ = true;
    return true;
  }
  next_told_ = 0;
  TellNext();
  return true;
}

void PredictionWatch::Fail(const std::function<absl::Status()>& status) {
  EndAll(status, false);
}

void PredictionWatch::Dismiss(const std::function<absl::Status()>& status) {
  EndAll(status, newest_ != nullptr);
}

void PredictionWatch::EndAll(const std::function<absl::Status()>& status,
                             bool tell_first) {
  newcomers_.clear();
  telling_.reset();
  tell_again_ = false;
  // A waiter that is told may make others leave, or come.
  for (uint64_t last = next_waiter_; !waiters_.empty();) {
    const auto next = waiters_.begin();
    const uint64_t key = next->first;
    if (key >= last) return;
    if (tell_first && (ended() || !next->second.told())) TellOne(next);
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

void PredictionWatch::TellNewcomer(uint64_t waiter) {
  newcomers_.erase(waiter);
  const auto found = waiters_.find(waiter);
  if (found != waiters_.end()) TellOne(found);
}

// The next batch; then itself again until all have been told.
void PredictionWatch::TellNext() {
  telling_.reset();
  const absl::Time now = scheduler_.Now();
  for (int told = 0; told < kTellBatch; ++told) {
    const auto next = waiters_.lower_bound(next_told_);
    if (next == waiters_.end()) {
      if (!std::exchange(tell_again_, false)) return;
      next_told_ = 0;
      continue;
    }
    next_told_ = next->first + 1;
    if (newcomers_.count(next->first) == 0 &&
        next->second.IsDue(*newest_, now, PolledEvery())) {
      TellOne(next);
    }
  }
  telling_ = scheduler_.PostAt(now, [this] { TellNext(); });
}

void PredictionWatch::TellOne(std::map<uint64_t, Waiter>::iterator waiter) {
  const SnapshotPtr snapshot = newest_;
  const absl::Time now = scheduler_.Now();
  const absl::Duration polled_every = PolledEvery();
  if (!IsTerminal(snapshot->prediction)) {
    waiter->second.Tell(snapshot, now, polled_every);
    return;
  }
  // Out first: whoever is told the end must not be told twice.
  Extract(waiter).Tell(snapshot, now, polled_every);
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
