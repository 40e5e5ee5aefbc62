#include "tests/bench/polling/polling_case.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <vector>

#include "tests/bench/waits/oracle.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/manual_event_loop.h"
#include "tests/upstream/watch/simulated_upstream.h"
#include "upstream/prediction_state.h"
#include "upstream/watch/watch_registry.h"

namespace wriftai::bench {
namespace {

// The timeout for the last end: far longer than any policy needs.
constexpr absl::Duration kTimeout = absl::Hours(4);

class Waiter : public PredictionObserver {
 public:
  explicit Waiter(const ManualEventLoop& event_loop)
      : event_loop_(event_loop) {}

  void OnSnapshot(const SnapshotPtr& snapshot, absl::Duration) override {
    if (IsTerminal(snapshot->prediction)) notified_at_ = event_loop_.WallNow();
  }
  void OnError(const absl::Status&) override {}

  absl::Time notified_at() const { return notified_at_; }
  bool notified() const { return notified_at_ != absl::InfiniteFuture(); }

 private:
  const ManualEventLoop& event_loop_;
  absl::Time notified_at_ = absl::InfiniteFuture();
};

// The simulation. Members are in order of dependency.
class Run {
 public:
  explicit Run(PagePolicy policy)
      : registry_({{}, {}, policy}, event_loop_, upstream_, budgets_, random_) {
  }

  void Begin(const PollingCase& polling) {
    const absl::Duration step = polling.begin_within / polling.watched;
    for (int i = 0; i < polling.watched; ++i) {
      for (int other = 0; other < polling.others_between; ++other) {
        upstream_.AddPrediction(absl::Hours(100));
      }
      ids_.push_back(upstream_.AddPrediction(DurationOf(polling, i)));
      if (polling.known) Wait(ids_.back(), true);
      event_loop_.Advance(step);
    }
    if (polling.known) return;
    for (const std::string& id : ids_) Wait(id, false);
  }

  void AwaitEnds() {
    const absl::Time last = event_loop_.Now() + kTimeout;
    while (
        event_loop_.Now() < last &&
        !std::all_of(waiters_.begin(), waiters_.end(),
                     [](const auto& waiter) { return waiter->notified(); })) {
      event_loop_.Advance(absl::Seconds(1));
    }
  }

  PollingResult Result() const {
    PollingResult result;
    std::vector<absl::Time> ends;
    double delays = 0;
    for (size_t i = 0; i < ids_.size(); ++i) {
      const absl::Time end = upstream_.EndTimeOf(ids_[i]);
      ends.push_back(end);
      result.unfinished += waiters_[i]->notified() ? 0 : 1;
      delays += absl::ToDoubleSeconds(
          std::min(waiters_[i]->notified_at(), event_loop_.WallNow()) - end);
    }
    std::sort(ends.begin(), ends.end());
    double best = 0;
    for (const absl::Duration delay : OracleDelays(ends, ReadBudget())) {
      best += absl::ToDoubleSeconds(delay);
    }
    const auto count = static_cast<double>(ids_.size());
    result.reads = static_cast<double>(upstream_.reads()) / count;
    result.mean_delay = delays / count;
    result.oracle_delay = best / count;
    return result;
  }

 private:
  // Spreads the durations independently of the order of creation.
  static absl::Duration DurationOf(const PollingCase& polling, int i) {
    const int index = (i * 617) % polling.watched;
    return polling.shortest_life +
           (polling.longest_life - polling.shortest_life) * index /
               polling.watched;
  }

  void Wait(const std::string& id, bool known) {
    waiters_.push_back(std::make_unique<Waiter>(event_loop_));
    subscriptions_.push_back(registry_.Subscribe(
        token_, id, WatchOptions(), *waiters_.back(),
        known ? registry_.SnapshotOf(upstream_.StateOf(id), v1::SOURCE_CREATE)
              : nullptr));
  }

  ManualEventLoop event_loop_;
  Random random_{1};
  SimulatedUpstream upstream_{SimulatedUpstream::Options(), event_loop_};
  BudgetRegistry budgets_{BudgetRegistry::Rates(), event_loop_};
  WatchRegistry registry_;
  const std::shared_ptr<const Credential> token_ = MakeCredential("token");
  std::vector<std::string> ids_;
  std::vector<std::unique_ptr<Waiter>> waiters_;
  std::vector<std::unique_ptr<Subscription>> subscriptions_;
};

}  // namespace

PollingResult RunPolling(const PollingCase& polling, PagePolicy policy) {
  Run run(policy);
  run.Begin(polling);
  run.AwaitEnds();
  return run.Result();
}

}  // namespace wriftai::bench
