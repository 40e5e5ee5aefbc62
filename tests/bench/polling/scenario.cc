#include "tests/bench/polling/scenario.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/bench/waits/oracle.h"
#include "tests/bench/waits/scene.h"
#include "tests/bench/waits/sequential_waits.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/manual_event_loop.h"
#include "tests/upstream/watch/simulated_upstream.h"
#include "upstream/prediction_state.h"
#include "upstream/watch/watch_registry.h"

namespace wriftai::bench {
namespace {

constexpr int64_t kReadRate = 3;

// The timeout for the last end: far longer than needed.
constexpr absl::Duration kTimeout = absl::Hours(4);

int64_t SecondOf(absl::Time time) { return absl::ToUnixSeconds(time); }

SimulatedUpstream::Options OptionsOf(const Scenario& scenario) {
  SimulatedUpstream::Options options;
  options.limits.read_rate = kReadRate;
  options.latency = scenario.latency;
  options.seed = scenario.seed;
  return options;
}

// The simulation. Members are in order of dependency.
class Run {
 public:
  explicit Run(const Scenario& scenario)
      : scenario_(scenario),
        random_(scenario.seed),
        upstream_(OptionsOf(scenario), event_loop_),
        budgets_(BudgetRegistry::Rates(), event_loop_),
        registry_({{}, {}, PagePolicy::kByCost}, event_loop_, upstream_,
                  budgets_, random_),
        reads_(budgets_.For(token_)) {}

  ScenarioResult Wait() {
    event_loop_.Advance(scenario_.start);
    const absl::Time last = event_loop_.Now() + kTimeout;
    for (const Consumer& consumer : scenario_.consumers) {
      others_.push_back(std::make_unique<Other>());
      Other& other = *others_.back();
      other.next = event_loop_.Now() + consumer.begin;
      other.end = event_loop_.Now() + consumer.end;
      Schedule(other, consumer);
    }
    if (scenario_.get_interval > absl::ZeroDuration()) ScheduleGet();
    for (const absl::Duration run_time : scenario_.run_times) {
      Create(run_time);
      while (scenario_.one_by_one && waiting_ > 0 && event_loop_.Now() < last) {
        event_loop_.Advance(absl::Milliseconds(1));
      }
      event_loop_.Advance(scenario_.pause);
    }
    while (waiting_ > 0 && event_loop_.Now() < last) {
      event_loop_.Advance(absl::Milliseconds(100));
    }
    return Result();
  }

 private:
  class Waiter : public PredictionObserver {
   public:
    explicit Waiter(Run& run) : run_(run) { ++run_.waiting_; }

    void OnSnapshot(const SnapshotPtr& snapshot, absl::Duration) override {
      ++run_.updates_;
      if (!IsTerminal(snapshot->prediction)) return;
      notified_at = run_.event_loop_.WallNow();
      --run_.waiting_;
    }
    void OnError(const absl::Status&) override {}

    absl::Time notified_at = absl::InfiniteFuture();

   private:
    Run& run_;
  };

  struct Other {
    absl::Time next;
    absl::Time end;
    TimerHandle timer;
  };

  void Create(absl::Duration run_time) {
    ids_.push_back(upstream_.AddPrediction(
        run_time, scenario_.model.empty() ? absl::StrCat("m", ids_.size())
                                          : scenario_.model));
    waiters_.push_back(std::make_unique<Waiter>(*this));
    WatchOptions options;
    options.poll_interval = scenario_.poll_interval;
    subscriptions_.push_back(
        registry_.Subscribe(token_, ids_.back(), options, *waiters_.back(),
                            registry_.SnapshotOf(upstream_.StateOf(ids_.back()),
                                                 v1::SOURCE_CREATE)));
  }

  void Schedule(Other& other, const Consumer& consumer) {
    if (other.next >= other.end) return;
    other.timer = event_loop_.RunAt(other.next, [this, &other, &consumer] {
      const int64_t second = SecondOf(event_loop_.WallNow());
      if (other_reads_.count(second - 1) == 0) {
        first_seconds_.insert(second);
      }
      bool allowed = true;
      for (int i = 0; i < consumer.burst; ++i) {
        ++other_reads_[second];
        allowed = upstream_.ReadByOther();
        other_limited_ += allowed ? 0 : 1;
      }
      if (!allowed && consumer.stops_if_limited) return;
      other.next += consumer.irregular
                        ? consumer.interval * -std::log(1 - random_.Uniform())
                        : consumer.interval;
      Schedule(other, consumer);
    });
  }

  void ScheduleGet() {
    get_timer_ = event_loop_.RunAt(
        event_loop_.Now() + scenario_.get_interval * 2 * random_.Uniform(),
        [this] {
          SendGet();
          ScheduleGet();
        });
  }

  // An interactive Get of a running prediction.
  void SendGet() {
    std::vector<std::string> running;
    for (const std::string& id : ids_) {
      if (upstream_.EndTimeOf(id) > event_loop_.WallNow()) {
        running.push_back(id);
      }
    }
    if (running.empty()) return;
    const std::string id = running[static_cast<size_t>(
        random_.Uniform() * static_cast<double>(running.size()))];
    permit_ = reads_->reads.Acquire(
        absl::InfiniteFuture(), [this, id](absl::StatusOr<Permit> permit) {
          CallContext context;
          context.credential = token_;
          context.permit = *std::move(permit);
          get_ = upstream_.Get(std::move(context), id,
                               [this](absl::StatusOr<v1::Prediction> got) {
                                 if (!got.ok()) return;
                                 registry_.Apply(*token_, *got, v1::SOURCE_GET);
                               });
        });
  }

  ScenarioResult Result() const {
    ScenarioResult result;
    std::vector<absl::Time> ends;
    double delays = 0;
    double naive = 0;
    for (size_t i = 0; i < ids_.size(); ++i) {
      const absl::Time end = upstream_.EndTimeOf(ids_[i]);
      ends.push_back(end);
      const absl::Time notified = waiters_[i]->notified_at;
      result.unfinished += notified == absl::InfiniteFuture() ? 1 : 0;
      delays += absl::ToDoubleSeconds(
          std::min(notified, event_loop_.WallNow()) - end);
      naive += absl::ToDoubleSeconds(NaiveDelay(scenario_.run_times[i]));
    }
    ReadBudget budget;
    budget.taken = other_reads_;
    double best = 0;
    for (const absl::Duration delay : OracleDelays(ends, budget)) {
      best += absl::ToDoubleSeconds(delay);
    }
    const auto count = static_cast<double>(ids_.size());
    result.reads = static_cast<double>(upstream_.reads()) / count;
    result.mean_delay = delays / count;
    result.oracle_delay = best / count;
    result.naive_delay = naive / count;
    result.limited = upstream_.limited();
    result.min_left = kReadRate;
    for (const auto& [second, counts] : upstream_.seconds()) {
      result.min_left =
          std::min<int64_t>(result.min_left, kReadRate - counts.reads);
      if (first_seconds_.count(second) == 0) {
        result.limited_later += counts.limited;
      }
    }
    for (const auto& one : other_reads_) {
      result.other_reads += one.second;
      result.other_over += std::max<int64_t>(0, one.second - kReadRate);
    }
    result.other_limited = other_limited_;
    result.updates = updates_;
    return result;
  }

  // Of a client that sends its first GET at the creation, and the next one a
  // second after each response.
  absl::Duration NaiveDelay(absl::Duration run_time) const {
    const absl::Duration one_way = scenario_.latency / 2;
    absl::Duration sent;
    while (sent + one_way < run_time) sent += 2 * one_way + absl::Seconds(1);
    return sent + 2 * one_way - run_time;
  }

  const Scenario scenario_;
  ManualEventLoop event_loop_;
  Random random_;
  SimulatedUpstream upstream_;
  BudgetRegistry budgets_;
  WatchRegistry registry_;
  const std::shared_ptr<const Credential> token_ = MakeCredential("token");
  const std::shared_ptr<CredentialBudget> reads_;
  int waiting_ = 0;
  int64_t updates_ = 0;
  std::vector<std::string> ids_;
  std::vector<std::unique_ptr<Waiter>> waiters_;
  std::vector<std::unique_ptr<Subscription>> subscriptions_;
  std::vector<std::unique_ptr<Other>> others_;
  std::map<int64_t, int64_t> other_reads_;
  std::set<int64_t> first_seconds_;
  int64_t other_limited_ = 0;
  TimerHandle get_timer_;
  CallHandle permit_;
  CallHandle get_;
};

}  // namespace

ScenarioResult RunScenario(const Scenario& scenario) {
  return Run(scenario).Wait();
}

Scenario OneScenario(uint64_t seed) {
  Scenario one;
  one.text = "one";
  one.run_times =
      PlanRunTimes(20, absl::Seconds(3), static_cast<int64_t>(seed));
  one.one_by_one = true;
  one.seed = seed;
  return one;
}

Scenario LoadScenario(uint64_t seed) {
  Scenario load;
  load.text = "load";
  load.run_times =
      PlanEnds(1000, absl::Seconds(60), 15, static_cast<int64_t>(seed));
  load.get_interval = absl::Seconds(2);
  load.seed = seed;
  return load;
}

Scenario SecondConsumerScenario(uint64_t seed) {
  Scenario shared;
  shared.text = "second_consumer";
  shared.run_times =
      PlanEnds(100, absl::Seconds(30), 15, static_cast<int64_t>(seed));
  shared.consumers.push_back({absl::Seconds(2) / 3, absl::Milliseconds(10005)});
  shared.seed = seed;
  return shared;
}

}  // namespace wriftai::bench
