#include "upstream/watch/prediction_watch.h"

#include <algorithm>
#include <cassert>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

// The keys of a map that may change while they are gone through.
template <typename Map>
std::vector<uint64_t> Keys(const Map& map) {
  std::vector<uint64_t> keys;
  keys.reserve(map.size());
  for (const auto& entry : map) keys.push_back(entry.first);
  return keys;
}

}  // namespace

PredictionWatch::PredictionWatch(std::shared_ptr<const Credential> credential,
                                 std::string id, Scheduler& scheduler,
                                 PredictionClient& client, Random& random)
    : credential_(std::move(credential)),
      id_(std::move(id)),
      scheduler_(scheduler),
      client_(client),
      random_(random) {}

uint64_t PredictionWatch::Add(const WatchOptions& options,
                              PredictionObserver& observer) {
  assert(scheduler_.OnLoopThread());
  const uint64_t key = next_waiter_++;
  Waiter& waiter = waiters_.try_emplace(key, options, observer).first->second;
  if (waiter.end_at() != absl::InfiniteFuture()) {
    waiter.set_end_timer(
        scheduler_.PostAt(waiter.end_at(), [this, key] { EndWait(key); }));
  }
  if (newest_ != nullptr) {
    newcomers_[key] =
        scheduler_.PostAt(scheduler_.Now(), [this, key] { TellNewcomer(key); });
  }
  SchedulePoll();
  return key;
}

void PredictionWatch::Remove(uint64_t waiter) {
  assert(scheduler_.OnLoopThread());
  newcomers_.erase(waiter);
  waiters_.erase(waiter);
  if (waiters_.empty()) {
    poll_.reset();
    poll_timer_.reset();
  }
}

void PredictionWatch::Observe(v1::Prediction prediction, v1::Source source) {
  if (newest_ != nullptr && !MayFollow(newest_->prediction, prediction)) return;
  // What came another way counts as the poll that it replaces.
  if (source != v1::SOURCE_GET) polled_at_ = scheduler_.Now();
  newest_ = std::make_shared<Snapshot>(
      Snapshot{std::move(prediction), source, scheduler_.WallNow()});
  TellAll();
}

void PredictionWatch::Fail(const std::function<absl::Status()>& status) {
  newcomers_.clear();
  poll_.reset();
  poll_timer_.reset();
  failures_ = 0;
  for (const uint64_t key : Keys(waiters_)) {
    auto waiter = waiters_.extract(key);
    if (!waiter.empty()) waiter.mapped().Fail(status());
  }
}

// How often the upstream is asked: as the most eager waiter wants.
absl::Duration PredictionWatch::Interval() const {
  absl::Duration interval = absl::InfiniteDuration();
  for (const auto& entry : waiters_) {
    interval = std::min(interval, entry.second.poll_interval());
  }
  return interval;
}

void PredictionWatch::SchedulePoll() {
  if (poll_ != nullptr || waiters_.empty()) return;
  if (newest_ != nullptr && IsTerminal(newest_->prediction)) return;
  // A poll starts an interval after the last one started, so that its own
  // duration does not add up; the first one at once, and so the one after a
  // newcomer who wants it sooner.
  absl::Time when = scheduler_.Now();
  if (failures_ > 0) {
    when = polled_at_ + failure_delay_;
  } else if (newest_ != nullptr) {
    when = polled_at_ + Interval();
  }
  poll_timer_ =
      scheduler_.PostAt(std::max(when, scheduler_.Now()), [this] { Poll(); });
}

void PredictionWatch::Poll() {
  polled_at_ = scheduler_.Now();
  CallContext context;
  context.credential = credential_;
  // The watch has its own, slower backoff.
  context.retry_reads = false;
  poll_ = client_.Get(std::move(context), id_,
                      [this](absl::StatusOr<v1::Prediction> polled) {
                        OnPolled(std::move(polled));
                      });
}

void PredictionWatch::OnPolled(absl::StatusOr<v1::Prediction> polled) {
  poll_.reset();
  if (!polled.ok() && !MayPass(polled.status())) {
    Fail([&] { return polled.status(); });
    return;
  }
  if (!polled.ok()) {
    ++failures_;
    const Backoff backoff{std::max(Interval(), absl::Seconds(1)),
                          std::max(Interval(), kLongestPollDelay)};
    // From now on, as a poll that timed out has already taken long.
    polled_at_ = scheduler_.Now();
    failure_delay_ =
        std::max(backoff.Delay(failures_, random_),
                 RetryDelay(polled.status()).value_or(absl::ZeroDuration()));
    SchedulePoll();
    return;
  }
  failures_ = 0;
  Observe(*std::move(polled), v1::SOURCE_GET);
  SchedulePoll();
}

void PredictionWatch::TellNewcomer(uint64_t waiter) {
  newcomers_.erase(waiter);
  const auto found = waiters_.find(waiter);
  if (found == waiters_.end()) return;
  const absl::Duration interval = Interval();
  if (!IsTerminal(newest_->prediction)) {
    found->second.Tell(newest_, scheduler_.Now(), interval);
    return;
  }
  auto last = waiters_.extract(found);
  last.mapped().Tell(newest_, scheduler_.Now(), interval);
}

void PredictionWatch::TellAll() {
  const SnapshotPtr snapshot = newest_;
  const absl::Time now = scheduler_.Now();
  const bool terminal = IsTerminal(snapshot->prediction);
  const absl::Duration interval = Interval();
  for (const uint64_t key : Keys(waiters_)) {
    const auto found = waiters_.find(key);
    if (found == waiters_.end()) continue;
    if (!found->second.IsDue(*snapshot, now, interval)) continue;
    newcomers_.erase(key);
    if (terminal) {
      // Out first: whoever is told the end must not be told twice.
      auto last = waiters_.extract(found);
      last.mapped().Tell(snapshot, now, interval);
    } else {
      found->second.Tell(snapshot, now, interval);
    }
  }
}

void PredictionWatch::EndWait(uint64_t waiter) {
  auto ended = waiters_.extract(waiter);
  if (ended.empty()) return;
  newcomers_.erase(waiter);
  if (waiters_.empty()) {
    poll_.reset();
    poll_timer_.reset();
  }
  ended.mapped().Fail(GatewayError(
      absl::StatusCode::kDeadlineExceeded, "MAX_WAIT_EXCEEDED",
      absl::StrCat("the gateway's longest wait is over; the prediction ", id_,
                   " goes on: wait for it again")));
}

}  // namespace wriftai
