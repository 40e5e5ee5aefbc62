#ifndef WRIFTAI_TESTS_UPSTREAM_WATCH_MANY_WAITS_H_
#define WRIFTAI_TESTS_UPSTREAM_WATCH_MANY_WAITS_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/manual_event_loop.h"
#include "tests/support/recording_observer.h"
#include "tests/upstream/watch/simulated_upstream.h"
#include "upstream/watch/watch_registry.h"

namespace wriftai {

// Waits of one token on a simulated upstream with the published limit.
class ManyWaitsTest : public ::testing::Test {
 public:
  struct Waiter {
    RecordingObserver observer;
    std::unique_ptr<Subscription> subscription;
  };

 protected:
  // Adds a waiter for `id`.
  Waiter& Subscribe(const std::string& id,
                    absl::Duration interval = absl::Seconds(1)) {
    waiters_.push_back(std::make_unique<Waiter>());
    Resubscribe(*waiters_.back(), id, interval);
    return *waiters_.back();
  }

  void Resubscribe(Waiter& waiter, const std::string& id,
                   absl::Duration interval = absl::Seconds(1)) {
    WatchOptions options;
    options.poll_interval = interval;
    waiter.subscription =
        registry_.Subscribe(token_, id, options, waiter.observer);
  }

  // Creates `count` predictions that take `duration`.
  std::vector<std::string> AddPredictions(
      int count, absl::Duration duration = absl::Hours(1)) {
    std::vector<std::string> ids;
    for (int i = 0; i < count; ++i)
      ids.push_back(upstream_.AddPrediction(duration));
    return ids;
  }

  void SubscribeAll(const std::vector<std::string>& ids) {
    for (const std::string& id : ids) Subscribe(id);
  }

  // Number of updates that `waiter` gets in the next `duration`.
  size_t UpdatesOf(Waiter& waiter, absl::Duration duration) {
    const size_t before = waiter.observer.statuses.size();
    event_loop_.Advance(duration);
    return waiter.observer.statuses.size() - before;
  }

  ManualEventLoop event_loop_;
  SimulatedUpstream upstream_{SimulatedUpstream::Options(), event_loop_};
  Random random_{1};
  BudgetRegistry budgets_{BudgetRegistry::Rates(), event_loop_};
  WatchRegistry registry_{WatchRegistry::Options(), event_loop_, upstream_,
                          budgets_, random_};
  const std::shared_ptr<const Credential> token_ = MakeCredential("token");
  std::vector<std::unique_ptr<Waiter>> waiters_;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_UPSTREAM_WATCH_MANY_WAITS_H_
