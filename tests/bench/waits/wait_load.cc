#include "tests/bench/waits/wait_load.h"

#include <algorithm>
#include <atomic>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/protobuf/util/time_util.h"

namespace wriftai::bench {
namespace {

// To each gateway: simulates a handful of services; more would measure the
// kernel.
constexpr size_t kChannels = 8;

}  // namespace

// One wait. gRPC's threads call it, one at a time; state that other threads
// read is atomic.
class WaitLoad::Stream final
    : public grpc::ClientReadReactor<v1::PredictionUpdate> {
 public:
  Stream(WaitLoad& load, const Running& running, const std::string& token,
         absl::Duration poll_interval)
      : load_(load), running_(running) {
    Authorize(context_, token);
    request_.set_id(running.id);
    const int64_t ns = absl::ToInt64Nanoseconds(poll_interval);
    auto& interval = *request_.mutable_wait_options()->mutable_poll_interval();
    interval = google::protobuf::util::TimeUtil::NanosecondsToDuration(ns);
  }

  void Begin(v1::Predictions::Stub& stub) {
    stub.async()->Wait(&context_, &request_, this);
    StartRead(&update_);
    StartCall();
  }

  void Cancel() { context_.TryCancel(); }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    const absl::Time now = absl::Now();
    observed_at_us_ = absl::ToUnixMicros(TimeFrom(update_.observed_at()));
    if (update_.source() != v1::SOURCE_CREATE) refreshed_ = true;
    if (HasEnded(update_.prediction().status())) {
      received_ = now;
      updated_at_ = TimeFrom(update_.prediction().updated_at());
    }
    StartRead(&update_);
  }

  void OnDone(const grpc::Status& status) override {
    status_ = status;
    load_.OnStreamEnded();
  }

  void AddTo(KnownState& state) const {
    state.observed_at =
        std::min(state.observed_at, absl::FromUnixMicros(observed_at_us_));
    state.refreshed = state.refreshed && refreshed_;
  }

  // After OnDone().
  WaitOutcome Outcome(absl::Time cancelled_at) const {
    WaitOutcome outcome;
    outcome.completed = status_.ok() && received_.has_value();
    outcome.ends_at = updated_at_.value_or(running_.ends_at);
    outcome.delay_seconds = absl::ToDoubleSeconds(
        received_.value_or(cancelled_at) - outcome.ends_at);
    if (!outcome.completed) {
      outcome.error = absl::StrCat("code ", status_.error_code(), ": ",
                                   status_.error_message());
    }
    return outcome;
  }

 private:
  WaitLoad& load_;
  const Running& running_;
  grpc::ClientContext context_;
  v1::WaitRequest request_;
  v1::PredictionUpdate update_;
  std::atomic<int64_t> observed_at_us_{0};
  std::atomic<bool> refreshed_{false};
  std::optional<absl::Time> received_;
  std::optional<absl::Time> updated_at_;
  grpc::Status status_;
};

WaitLoad::WaitLoad(const std::vector<std::string>& addresses,
                   const std::string& token,
                   const std::vector<Running>& running, size_t waiters,
                   absl::Duration poll_interval)
    : running_(running) {
  for (const std::string& address : addresses) {
    auto& stubs = stubs_.emplace_back();
    for (size_t i = 0; i < kChannels; ++i) {
      stubs.push_back(v1::Predictions::NewStub(NewChannel(address)));
    }
  }
  for (size_t i = 0; i < waiters; ++i) {
    streams_.push_back(std::make_unique<Stream>(
        *this, running_[i % running_.size()], token, poll_interval));
  }
}

WaitLoad::~WaitLoad() { CancelAll(); }

void WaitLoad::Start() {
  {
    absl::MutexLock lock(&mutex_);
    pending_ = streams_.size();
  }
  for (size_t i = 0; i < streams_.size(); ++i) {
    streams_[i]->Begin(StubOf(i));
  }
}

v1::Predictions::Stub& WaitLoad::StubOf(size_t stream) const {
  const size_t prediction = stream % running_.size();
  const size_t waiter = stream / running_.size();
  return *stubs_[(prediction + waiter) % stubs_.size()][stream % kChannels];
}

void WaitLoad::AwaitEnds(absl::Time deadline) {
  absl::MutexLock lock(&mutex_);
  mutex_.AwaitWithDeadline(absl::Condition(this, &WaitLoad::AllEnded),
                           deadline);
}

void WaitLoad::OnStreamEnded() {
  absl::MutexLock lock(&mutex_);
  --pending_;
}

void WaitLoad::CancelAll() {
  for (const auto& stream : streams_) stream->Cancel();
  AwaitEnds(absl::InfiniteFuture());
}

std::vector<KnownState> WaitLoad::States() const {
  std::vector<KnownState> states;
  for (const Running& running : running_) {
    states.push_back({absl::InfiniteFuture(), true, running.ends_at});
  }
  for (size_t i = 0; i < streams_.size(); ++i) {
    streams_[i]->AddTo(states[i % states.size()]);
  }
  // If there are more predictions than waiters, the rest have none.
  states.resize(std::min(states.size(), streams_.size()));
  return states;
}

std::vector<WaitOutcome> WaitLoad::Finish() {
  const absl::Time cancelled_at = absl::Now();
  CancelAll();
  std::vector<WaitOutcome> outcomes;
  for (size_t i = 0; i < streams_.size(); ++i) {
    outcomes.push_back(streams_[i]->Outcome(cancelled_at));
    outcomes.back().prediction = i % running_.size();
  }
  return outcomes;
}

}  // namespace wriftai::bench
