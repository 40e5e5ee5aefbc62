#ifndef WRIFTAI_TESTS_UPSTREAM_WATCH_MANY_WAITS_H_
#define WRIFTAI_TESTS_UPSTREAM_WATCH_MANY_WAITS_H_

#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/manual_event_loop.h"
#include "tests/support/recording_observer.h"
#include "tests/upstream/watch/simulated_upstream.h"
#include "upstream/watch/watch_registry.h"

namespace wriftai {

// Waits of one token: the published limit, an upstream that keeps it, and what
// goes wrong.
class ManyWaitsTest : public ::testing::Test {
 public:
  struct Waiter {
    RecordingObserver observer;
    std::unique_ptr<Subscription> subscription;
  };

 protected:
  // Waits for `id`.
  Waiter& Join(const std::string& id,
               absl::Duration interval = absl::Seconds(1)) {
    waiters_.push_back(std::make_unique<Waiter>());
    Rejoin(*waiters_.back(), id, interval);
    return *waiters_.back();
  }

  void Rejoin(Waiter& waiter, const std::string& id,
              absl::Duration interval = absl::Seconds(1)) {
    WatchOptions options;
    options.poll_interval = interval;
    waiter.subscription =
        registry_.Subscribe(token_, id, options, waiter.observer);
  }

  // So many predictions of that life.
  std::vector<std::string> Begin(int count,
                                 absl::Duration life = absl::Hours(1)) {
    std::vector<std::string> ids;
    for (int i = 0; i < count; ++i) ids.push_back(upstream_.Begin(life));
    return ids;
  }

  void JoinAll(const std::vector<std::string>& ids) {
    for (const std::string& id : ids) Join(id);
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
