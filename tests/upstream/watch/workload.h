#ifndef WRIFTAI_TESTS_UPSTREAM_WATCH_WORKLOAD_H_
#define WRIFTAI_TESTS_UPSTREAM_WATCH_WORKLOAD_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "base/random.h"
#include "tests/support/manual_event_loop.h"
#include "tests/upstream/watch/simulated_upstream.h"
#include "upstream/budget/budget_registry.h"
#include "upstream/watch/watch_registry.h"

namespace wriftai {

// Parameters of a random workload. Numbers and durations are maximums.
struct WorkloadShape {
  int predictions = 40;
  absl::Duration create_within = absl::Seconds(10);
  absl::Duration duration = absl::Seconds(40);
  int waiters_per_prediction = 3;
  absl::Duration subscribe_within = absl::Seconds(10);
  double known_fraction = 0.5;  // Waits that start with the create's response.
  double leave_fraction = 0.2;  // Waits that end before the prediction does.
  int history = 0;              // Unwatched predictions created before.
  int unwatched = 0;            // Unwatched predictions created meanwhile.
  // The rate limit refills steadily instead of in windows.
  bool refills = false;
  bool pages = true;         // If false, the upstream has no list.
  bool spare_polls = false;  // Polls that no interval asks for.
};

// A reproducible random workload of predictions and waiters. Runs against the
// simulated upstream until all waits have ended. Checks that the updates of
// each waiter never go backwards, and that the last one has the output.
//
// Threads: the test's. Fails: the test, by EXPECT.
class Workload {
 public:
  Workload(const WorkloadShape& shape, uint64_t seed);
  ~Workload();

  // Runs until the last wait has ended, or long after it should have.
  void Run();

  int64_t reads() const { return upstream_.reads(); }
  int64_t limited() const { return upstream_.limited(); }

  // The longest time between two updates of a waiter, and from the end upstream
  // to its notification, as multiples of FairInterval().
  double longest_gap() const;
  double longest_end_delay() const;

  // The maximum number of GETs of a prediction beyond those that the shortest
  // interval of its waiters requires.
  double max_excess_gets() const;

 private:
  class Waiter;
  struct Watched {
    std::string id;
    absl::Duration shortest_interval = absl::InfiniteDuration();
    int subscriptions = 0;
    std::vector<std::unique_ptr<Waiter>> waiters;
  };

  void GenerateEvents(const WorkloadShape& shape);
  void Schedule(absl::Duration after, EventLoop::Task task);
  void Subscribe(Watched& watched, Waiter& waiter, absl::Duration interval,
                 bool known);
  void RecordPeaks();
  // `interval` scaled up as all intervals are to fit the budget, plus one poll
  // of every other prediction.
  absl::Duration FairInterval(absl::Duration interval) const;
  absl::Duration UpTo(absl::Duration max);
  int UpTo(int max);

  Random random_;
  const int64_t rate_;
  ManualEventLoop event_loop_;
  SimulatedUpstream upstream_;
  BudgetRegistry budgets_;
  WatchRegistry registry_;
  const std::shared_ptr<const Credential> token_;
  std::vector<Watched> watched_;
  std::vector<TimerHandle> events_;
  absl::Time last_event_ = absl::InfinitePast();
  size_t peak_watches_ = 1;  // Predictions watched at the same time.
  double peak_demand_ = 0;   // Polls per second by their intervals.
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_UPSTREAM_WATCH_WORKLOAD_H_
