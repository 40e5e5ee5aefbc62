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

// What a random workload is made of: each figure is the most that a seed draws.
struct WorkloadShape {
  int predictions = 40;
  absl::Duration begin_within = absl::Seconds(10);
  absl::Duration life = absl::Seconds(40);
  int waiters_each = 3;
  absl::Duration join_within = absl::Seconds(10);
  double known = 0.5;  // Of the waits: begin with what the create answered.
  double leave = 0.2;  // Of the waits: end before the prediction does.
  int history = 0;     // Predictions of before, which nobody waits for.
  int unwatched = 0;   // That others begin meanwhile.
  // The upstream's limit comes back steadily instead of in windows.
  bool refills = false;
  bool pages = true;  // Off: the upstream has no list.
};

// Random predictions, waiters, joins and leaves, the same for the same seed;
// run against the upstream's simulation until each wait has ended, and checked
// on the way: what a waiter is told never leads backwards, and ends with the
// prediction's output.
//
// Threads: the test's. Fails: the test, by EXPECT.
class Workload {
 public:
  Workload(const WorkloadShape& shape, uint64_t seed);
  ~Workload();

  // Until the last wait has ended, or long after it should have.
  void Run();

  int64_t reads() const { return upstream_.reads(); }
  int64_t limited() const { return upstream_.limited(); }

  // The longest that a waiter went without news, and the longest from the end
  // upstream to its telling, as multiples of FairInterval().
  double longest_gap() const;
  double longest_end_delay() const;

  // The most GETs that a prediction was asked for with beyond those that its
  // most eager waiter wants.
  double most_unwanted_gets() const;

 private:
  class Waiter;
  struct Watched {
    std::string id;
    absl::Duration fastest = absl::InfiniteDuration();
    int joins = 0;
    std::vector<std::unique_ptr<Waiter>> waiters;
  };

  void Draw(const WorkloadShape& shape);
  void Schedule(absl::Duration after, EventLoop::Task task);
  void Join(Watched& watched, Waiter& waiter, absl::Duration interval,
            bool known);
  void NotePeaks();
  // What is left of the wanted interval when all intervals are stretched alike
  // to what the budget bears, and each of the others asked for once on top.
  absl::Duration FairInterval(absl::Duration wanted) const;
  absl::Duration UpTo(absl::Duration most);
  int UpTo(int most);

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
  double peak_demand_ = 0;   // Polls per second that they wanted.
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_UPSTREAM_WATCH_WORKLOAD_H_
