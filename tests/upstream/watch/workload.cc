#include "tests/upstream/watch/workload.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "gtest/gtest.h"
#include "tests/support/fake_prediction_client.h"
#include "upstream/prediction_state.h"

namespace wriftai {
namespace {

constexpr std::array<double, 5> kIntervals = {0.1, 0.5, 1, 2, 10};
constexpr std::array<int64_t, 5> kRates = {3, 3, 3, 1, 10};
constexpr absl::Duration kLatency = absl::Milliseconds(20);
constexpr absl::Duration kHorizon = absl::Minutes(20);

SimulatedUpstream::Options OptionsOf(const WorkloadShape& shape, uint64_t seed,
                                     int64_t rate) {
  SimulatedUpstream::Options options;
  options.limits.read_rate = rate;
  options.limits.burst = shape.refills ? rate : 0;
  options.latency = kLatency;
  options.seed = seed;
  return options;
}

}  // namespace

// Records the delays of its notifications.
class Workload::Waiter : public PredictionObserver {
 public:
  explicit Waiter(Workload& workload) : workload_(workload) {}

  void Subscribe(const std::string& id, absl::Duration interval,
                 SnapshotPtr known) {
    id_ = id;
    interval_ = interval;
    subscribed_at_ = last_at_ = Now();
    last_snapshot_.reset();
    WatchOptions options;
    options.poll_interval = interval;
    subscription_ = workload_.registry_.Subscribe(workload_.token_, id, options,
                                                  *this, std::move(known));
  }

  void Unsubscribe() {
    if (subscription_ == nullptr) return;
    RecordGap();
    subscription_.reset();
  }

  void OnSnapshot(const SnapshotPtr& snapshot, absl::Duration) override {
    RecordGap();
    if (last_snapshot_ != nullptr) {
      EXPECT_TRUE(MayFollow(last_snapshot_->prediction, snapshot->prediction))
          << id_;
    }
    last_snapshot_ = snapshot;
    if (!IsTerminal(snapshot->prediction)) return;
    EXPECT_EQ(snapshot->prediction.output_json(),
              SimulatedUpstream::OutputOf(id_));
    ended_ = true;
    // From the end or the subscription, whichever was later.
    const absl::Duration delay = std::min(
        workload_.event_loop_.WallNow() - workload_.upstream_.EndTimeOf(id_),
        Now() - subscribed_at_);
    end_delay_ = std::max(end_delay_, delay);
    subscription_.reset();
  }

  void OnError(const absl::Status& status) override {
    ADD_FAILURE() << id_ << ": " << status;
    subscription_.reset();
  }

  bool waits() const { return subscription_ != nullptr; }
  bool ended() const { return ended_; }
  absl::Duration interval() const { return interval_; }
  absl::Duration longest_gap() const { return longest_gap_; }
  absl::Duration end_delay() const { return end_delay_; }

 private:
  absl::Time Now() const { return workload_.event_loop_.Now(); }

  void RecordGap() {
    longest_gap_ = std::max(longest_gap_, Now() - last_at_);
    last_at_ = Now();
  }

  Workload& workload_;
  std::string id_;
  absl::Duration interval_;
  absl::Time subscribed_at_;
  absl::Time last_at_;
  SnapshotPtr last_snapshot_;
  absl::Duration longest_gap_;
  absl::Duration end_delay_;
  bool ended_ = false;
  std::unique_ptr<Subscription> subscription_;
};

Workload::Workload(const WorkloadShape& shape, uint64_t seed)
    : random_(seed),
      rate_(kRates[static_cast<size_t>(UpTo(int{kRates.size()}) - 1)]),
      upstream_(OptionsOf(shape, seed, rate_), event_loop_),
      budgets_({static_cast<double>(rate_), 15}, event_loop_),
      registry_({{}, {}, PagePolicy::kByCost, shape.spare_polls}, event_loop_,
                upstream_, budgets_, random_),
      token_(MakeCredential("token")) {
  // Starts at a random time within a second.
  event_loop_.Advance(UpTo(absl::Seconds(1)));
  if (!shape.pages) upstream_.set_page_failure(absl::NotFoundError("no list"));
  GenerateEvents(shape);
}

Workload::~Workload() = default;

absl::Duration Workload::UpTo(absl::Duration max) {
  return max * random_.Uniform();
}

// From 1 to `max`.
int Workload::UpTo(int max) {
  return 1 + static_cast<int>(random_.Uniform() * max);
}

void Workload::Schedule(absl::Duration after, EventLoop::Task task) {
  last_event_ = std::max(last_event_, event_loop_.Now() + after);
  events_.push_back(
      event_loop_.RunAt(event_loop_.Now() + after, std::move(task)));
}

// Generates all events up front, so that random numbers drawn by the watches do
// not affect them.
void Workload::GenerateEvents(const WorkloadShape& shape) {
  for (int i = 0; i < shape.history; ++i) {
    upstream_.AddPrediction(absl::Seconds(1));
    event_loop_.Advance(absl::Milliseconds(10));
  }
  for (int i = 0; i < shape.unwatched; ++i) {
    Schedule(UpTo(shape.create_within + shape.duration),
             [this] { upstream_.AddPrediction(absl::Seconds(5)); });
  }
  // Small workloads are as likely as large ones.
  const int predictions = static_cast<int>(
      std::lround(std::pow(shape.predictions, random_.Uniform())));
  watched_.resize(static_cast<size_t>(predictions));
  for (Watched& watched : watched_) {
    const absl::Duration begin = UpTo(shape.create_within);
    const absl::Duration duration = absl::Seconds(1) + UpTo(shape.duration);
    Schedule(begin, [this, &watched, duration] {
      watched.id = upstream_.AddPrediction(duration, "m");
    });
    for (int i = UpTo(shape.waiters_per_prediction); i > 0; --i) {
      Waiter& waiter =
          *watched.waiters.emplace_back(std::make_unique<Waiter>(*this));
      const absl::Duration interval = absl::Seconds(
          kIntervals[static_cast<size_t>(UpTo(int{kIntervals.size()}) - 1)]);
      const bool known = random_.Uniform() < shape.known_fraction;
      const absl::Duration subscribe =
          begin + (known ? absl::ZeroDuration() : UpTo(shape.subscribe_within));
      Schedule(subscribe, [this, &watched, &waiter, interval, known] {
        Subscribe(watched, waiter, interval, known);
      });
      if (random_.Uniform() >= shape.leave_fraction) continue;
      const absl::Duration leave = subscribe + UpTo(duration);
      Schedule(leave, [&waiter] { waiter.Unsubscribe(); });
      if (random_.Uniform() < 0.5) continue;
      Schedule(leave + UpTo(duration), [this, &watched, &waiter, interval] {
        if (!waiter.ended()) Subscribe(watched, waiter, interval, false);
      });
    }
  }
}

void Workload::Subscribe(Watched& watched, Waiter& waiter,
                         absl::Duration interval, bool known) {
  watched.shortest_interval = std::min(watched.shortest_interval, interval);
  ++watched.subscriptions;
  waiter.Subscribe(watched.id, interval,
                   known ? registry_.SnapshotOf(upstream_.StateOf(watched.id),
                                                v1::SOURCE_CREATE)
                         : nullptr);
  RecordPeaks();
}

void Workload::Run() {
  const absl::Time end = event_loop_.Now() + kHorizon;
  while (event_loop_.Now() < end &&
         (event_loop_.Now() < last_event_ || registry_.waiter_count() > 0)) {
    event_loop_.Advance(absl::Seconds(1));
  }
  EXPECT_EQ(registry_.waiter_count(), 0u) << "some waits never end";
}

void Workload::RecordPeaks() {
  double demand = 0;
  registry_.ForEach([&](const CredentialWatches& watches) {
    for (const auto& [id, target] : watches.table().targets()) {
      if (target->watch.idle()) continue;
      demand += 1 / absl::ToDoubleSeconds(target->watch.interval());
    }
  });
  peak_watches_ = std::max(peak_watches_, registry_.watch_count());
  peak_demand_ = std::max(peak_demand_, demand);
}

absl::Duration Workload::FairInterval(absl::Duration interval) const {
  const auto rate = static_cast<double>(rate_);
  return interval * std::max(1.0, peak_demand_ / rate) +
         absl::Seconds(static_cast<double>(peak_watches_) / rate);
}

double Workload::longest_gap() const {
  double longest = 0;
  for (const Watched& watched : watched_) {
    for (const auto& waiter : watched.waiters) {
      longest = std::max(longest,
                         absl::FDivDuration(waiter->longest_gap(),
                                            FairInterval(waiter->interval())));
    }
  }
  return longest;
}

double Workload::longest_end_delay() const {
  double longest = 0;
  for (const Watched& watched : watched_) {
    for (const auto& waiter : watched.waiters) {
      longest = std::max(longest,
                         absl::FDivDuration(waiter->end_delay(),
                                            FairInterval(waiter->interval())));
    }
  }
  return longest;
}

double Workload::max_excess_gets() const {
  double max = 0;
  for (const Watched& watched : watched_) {
    const std::vector<absl::Time>& gets = upstream_.GetsOf(watched.id);
    if (gets.empty()) continue;
    // One at once for each waiter that subscribes without a known state, one
    // for the output.
    const double expected = absl::FDivDuration(gets.back() - gets.front(),
                                               watched.shortest_interval) +
                            watched.subscriptions + 1;
    max = std::max(max, static_cast<double>(gets.size()) - expected);
  }
  return max;
}

}  // namespace wriftai
