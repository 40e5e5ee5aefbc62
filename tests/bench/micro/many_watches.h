#ifndef WRIFTAI_TESTS_BENCH_MICRO_MANY_WATCHES_H_
#define WRIFTAI_TESTS_BENCH_MICRO_MANY_WATCHES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/manual_event_loop.h"
#include "upstream/budget/budget_registry.h"
#include "upstream/watch/watch_registry.h"

namespace wriftai {

// A registry in which one credential waits for many running predictions, each
// with one waiter and a known state. Their polls need more than the published
// limit, so one is always due and waits for its permit.
//
// Threads: one.
class ManyWatches {
 public:
  explicit ManyWatches(int64_t count);

  // Advances to the next poll and completes it: a GET, or a page.
  void Poll();

  // A caller waits for a prediction that nobody else waits for, and leaves.
  void SubscribeAndUnsubscribe();

  // A Get of a caller shows that one prediction is still running.
  void ApplyUnchanged();

  // A Get of a caller shows a change of one prediction.
  void ApplyChange();

 private:
  // Ignores its notifications.
  class Observer : public PredictionObserver {
    void OnSnapshot(const SnapshotPtr&, absl::Duration) override {}
    void OnError(const absl::Status&) override {}
  };

  v1::Prediction Running(int64_t number) const;
  PredictionPage PageAt(const std::string& cursor) const;
  int64_t NextNumber();
  void Apply(int64_t number, int64_t change);

  const int64_t count_;
  ManualEventLoop event_loop_;
  FakePredictionClient upstream_;
  Random random_{1};
  BudgetRegistry budgets_{BudgetRegistry::Rates(), event_loop_};
  WatchRegistry registry_{WatchRegistry::Options(), event_loop_, upstream_,
                          budgets_, random_};
  const std::shared_ptr<const Credential> credential_ = MakeCredential("token");
  Observer observer_;
  std::vector<std::unique_ptr<Subscription>> subscriptions_;
  int64_t next_number_ = 0;
  int64_t next_outsider_;
  int64_t changes_ = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_BENCH_MICRO_MANY_WATCHES_H_
