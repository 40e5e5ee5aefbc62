#include "upstream/watch/poll_queue.h"

#include <algorithm>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/manual_event_loop.h"
#include "tests/support/recording_observer.h"
#include "upstream/prediction_state.h"
#include "upstream/watch/watch_registry.h"

namespace wriftai {
namespace {

constexpr int64_t kBase = 1'755'000'000;

class FakeCall : public Call {};

class PollQueueTest : public ::testing::Test {
 protected:
  // A target that was last observed `ago`, or never.
  PollTarget& Add(absl::Duration interval,
                  absl::Duration ago = absl::InfiniteDuration(),
                  const char* model = "model") {
    const std::string id = absl::StrCat(1000 + added_++);
    SnapshotPtr known;
    if (ago != absl::InfiniteDuration()) {
      auto snapshot = std::make_shared<Snapshot>();
      snapshot->prediction = MakePrediction(id, "started");
      snapshot->prediction.mutable_created_at()->set_seconds(kBase + added_);
      snapshot->prediction.mutable_model()->set_name(model);
      snapshot->applied_at = event_loop_.Now() - ago;
      known = std::move(snapshot);
    }
    auto& target = targets_[id];
    target = std::make_unique<PollTarget>(
        id, std::move(known), event_loop_.Now(), event_loop_, next_waiter_);
    WatchOptions options;
    options.poll_interval = interval;
    target->watch.Subscribe(options, observer_);
    queue_.OnChanged(*target);
    return *target;
  }

  // A prediction of the model ran for `seconds`.
  void AddRun(const char* model, int64_t seconds) {
    v1::Prediction ended = MakePrediction("1", "succeeded");
    ended.mutable_model()->set_name(model);
    ended.mutable_created_at()->set_seconds(ended.updated_at().seconds() -
                                            seconds);
    run_durations_.Add(ended);
  }

  void Erase(PollTarget& target) {
    queue_.Remove(target);
    targets_.erase(target.watch.id());
  }

  Instant now() const { return event_loop_.ThisInstant(); }
  PollQueue::Due Due(PollQueue::Allowed allowed = {}) {
    return queue_.FindDue(allowed, now());
  }

  double Uniform() { return random_.Uniform(); }
  int Pick(int count) { return static_cast<int>(Uniform() * count); }
  PollTarget* PickTarget() {
    if (targets_.empty()) return nullptr;
    return std::next(targets_.begin(), Pick(targets_.size()))->second.get();
  }
  void ChangeAny();
  PollQueue::Due Scan(PollQueue::Allowed allowed);
  absl::Time ScanNextDue(PollQueue::Allowed allowed);
  double ScanDemand();

  ManualEventLoop event_loop_;
  RecordingObserver observer_;
  ModelRunDurations run_durations_;
  PollTargets targets_;
  PollQueue queue_{targets_, run_durations_};
  Random random_{1};
  uint64_t next_waiter_ = 0;
  int added_ = 0;
};

bool IsAllowed(const PollTarget& target, PollQueue::Allowed allowed) {
  if (target.failures.any()) return allowed.failing;
  return target.has_succeeded() || allowed.untried;
}

// Whether `a` comes before `b`, which may be null.
bool Precedes(absl::Time a, const PollTarget& target, absl::Time b,
              const PollTarget* other) {
  return other == nullptr ||
         std::tie(a, target.joined_at, target.watch.id()) <
             std::tie(b, other->joined_at, other->watch.id());
}

// What FindDue() must find, by looking at all targets.
PollQueue::Due PollQueueTest::Scan(PollQueue::Allowed allowed) {
  PollQueue::Due due;
  const auto take = [](PollTarget& target, absl::Time key, PollTarget*& best,
                       absl::Time best_key) {
    if (Precedes(key, target, best_key, best)) best = &target;
  };
  for (const auto& [id, owned] : targets_) {
    PollTarget& target = *owned;
    if (target.DueAt() > now().now || !IsAllowed(target, allowed)) continue;
    if (target.failures.any()) {
      take(target, target.failures.not_before(), due.retry,
           due.retry ? due.retry->failures.not_before() : absl::Time());
    } else if (target.output_pending) {
      take(target, target.ended_at, due.output,
           due.output ? due.output->ended_at : absl::Time());
    } else if (!target.seen()) {
      take(target, target.joined_at, due.unseen,
           due.unseen ? due.unseen->joined_at : absl::Time());
    } else {
      const v1::Prediction& known = target.watch.newest()->prediction;
      const double multiplier = run_durations_.IntervalMultiplier(
          known.model(), AgeOf(known, now().wall));
      const double staleness = absl::FDivDuration(
          now().now - target.seen_at, target.interval() * multiplier);
      if (due.seen == nullptr || staleness > due.staleness) {
        due.seen = &target;
        due.staleness = staleness;
      }
    }
  }
  return due;
}

absl::Time PollQueueTest::ScanNextDue(PollQueue::Allowed allowed) {
  absl::Time due = absl::InfiniteFuture();
  for (const auto& [id, target] : targets_) {
    if (IsAllowed(*target, allowed)) due = std::min(due, target->DueAt());
  }
  return std::max(due, now().now);
}

double PollQueueTest::ScanDemand() {
  double demand = 0;
  for (const auto& [id, target] : targets_) {
    if (!target->watch.idle()) {
      demand += 1 / absl::ToDoubleSeconds(target->interval());
    }
  }
  return demand;
}

// One random change, as the fetchers and the table make them.
void PollQueueTest::ChangeAny() {
  PollTarget* const target = PickTarget();
  const absl::Time time = now().now;
  // The number of targets goes up and down around this one.
  constexpr size_t kTargets = 40;
  if (Pick(10) == 0) {
    if (target != nullptr && targets_.size() > kTargets) return Erase(*target);
    Add(absl::Seconds(1 + Pick(3)), Pick(3) == 0
                                        ? absl::InfiniteDuration()
                                        : absl::Milliseconds(Pick(5000)));
    return;
  }
  if (target == nullptr) return;
  if (Pick(20) == 0) return Erase(*target);
  switch (Pick(7)) {
    case 0:  // A GET is sent.
      target->get = std::make_unique<FakeCall>();
      target->get_sent_at = target->requested_at = time;
      break;
    case 1:  // A GET succeeds.
      target->get.reset();
      target->watch.Apply(MakePrediction(target->watch.id(), "started"),
                          v1::SOURCE_GET, now());
      target->seen_at = target->succeeded_at = time;
      target->OnVerified(time);
      break;
    case 2:  // A GET fails.
      target->get.reset();
      target->failures.OnFailure(absl::UnavailableError("503"),
                                 absl::Seconds(1), absl::Seconds(8), time,
                                 absl::InfinitePast(), random_);
      break;
    case 3:  // A page shows the end.
      target->output_pending = target->seen();
      target->ended_at = absl::FromUnixSeconds(kBase + Pick(1000));
      break;
    case 4:  // A page is on its way, or has arrived.
      target->page_until =
          Pick(2) == 0 ? time + absl::Seconds(3) : absl::InfinitePast();
      break;
    case 5: {  // A waiter with another interval.
      WatchOptions options;
      options.poll_interval = absl::Milliseconds(500 * (1 + Pick(6)));
      target->watch.Subscribe(options, observer_);
      break;
    }
    default:
      event_loop_.Advance(absl::Milliseconds(Pick(800)));
      return;
  }
  queue_.OnChanged(*target);
}

TEST_F(PollQueueTest, FindsWhatScanOfAllTargetsFinds) {
  for (int i = 0; i < 10'000; ++i) {
    ChangeAny();
    const PollQueue::Allowed allowed = {Pick(4) > 0, Pick(4) > 0};
    ASSERT_EQ(std::max(queue_.NextDue(allowed, now()), now().now),
              ScanNextDue(allowed))
        << i;
    const PollQueue::Due due = Due(allowed);
    const PollQueue::Due expected = Scan(allowed);
    ASSERT_EQ(due.retry, expected.retry) << i;
    ASSERT_EQ(due.output, expected.output) << i;
    ASSERT_EQ(due.unseen, expected.unseen) << i;
    ASSERT_EQ(due.seen == nullptr, expected.seen == nullptr) << i;
    ASSERT_DOUBLE_EQ(due.staleness, expected.staleness) << i;
    ASSERT_NEAR(queue_.demand(), ScanDemand(), 1e-9) << i;
  }
}

TEST_F(PollQueueTest, NoticesTargetInFrontThatMovedBackUnreported) {
  PollTarget& first = Add(absl::Seconds(1), absl::Seconds(5));
  PollTarget& second = Add(absl::Seconds(1), absl::Seconds(4));
  ASSERT_EQ(Due().seen, &first);
  first.requested_at = first.seen_at = now().now;
  EXPECT_EQ(Due().seen, &second);
  second.requested_at = second.seen_at = now().now;
  EXPECT_EQ(queue_.NextDue({}, now()), now().now + absl::Seconds(1));
}

TEST_F(PollQueueTest, RefreshNoticesEveryTargetInTurn) {
  for (int i = 0; i < 3 * PollQueue::kRefreshed; ++i) {
    Add(absl::Seconds(1), absl::Seconds(2), "model");
  }
  PollTarget* const first = Due().seen;
  ASSERT_NE(first, nullptr);
  PollTarget& ending = Add(absl::Seconds(1), absl::Milliseconds(1900), "other");
  ASSERT_EQ(Due().seen, first);
  // Runs of its model now say that it may end at any moment.
  for (const int64_t seconds : {60, 60, 60, 1'000'000'000}) {
    AddRun("other", seconds);
  }
  for (int i = 0; i < 4; ++i) queue_.Refresh(now());
  EXPECT_EQ(Due().seen, &ending);
}

TEST_F(PollQueueTest, PrefersTargetThatMayEndAtAnyMoment) {
  PollTarget& young = Add(absl::Seconds(1), absl::Milliseconds(1400));
  PollTarget& old = Add(absl::Seconds(1), absl::Milliseconds(1000));
  for (int i = 0; i < 4; ++i) AddRun("model", 60);
  const auto set_age = [&](PollTarget& target, absl::Duration age) {
    auto snapshot = std::make_shared<Snapshot>(*target.watch.newest());
    snapshot->prediction.mutable_created_at()->set_seconds(
        absl::ToUnixSeconds(now().wall - age));
    target.watch.Apply(snapshot->prediction, v1::SOURCE_GET, now());
    queue_.OnChanged(target);
  };
  set_age(young, absl::Seconds(10));
  set_age(old, absl::Seconds(60));
  EXPECT_EQ(Due().seen, &old);
}

TEST_F(PollQueueTest, ConfirmsTargetThatIsOverdueSooner) {
  for (int i = 0; i < 4; ++i) AddRun("model", 60);
  const auto show = [&](PollTarget& target, absl::Duration age) {
    v1::Prediction item = target.watch.newest()->prediction;
    item.mutable_created_at()->set_seconds(
        absl::ToUnixSeconds(now().wall - age));
    target.RecordPageObservation(item, now());
    queue_.OnChanged(target);
  };
  PollTarget& longest = Add(absl::Seconds(1), absl::Seconds(1));
  event_loop_.Advance(absl::Seconds(10));
  PollTarget& overdue = Add(absl::Seconds(1), absl::Seconds(1));
  event_loop_.Advance(absl::Seconds(10));
  show(longest, absl::Seconds(30));
  show(overdue, absl::Seconds(30));
  EXPECT_EQ(queue_.FindToConfirm(absl::Seconds(8), 8, now()), &longest);
  show(overdue, absl::Seconds(100));
  EXPECT_EQ(queue_.FindToConfirm(absl::Seconds(8), 8, now()), &overdue);
  EXPECT_EQ(queue_.FindToConfirm(absl::Seconds(15), 8, now()), &longest);
  EXPECT_EQ(queue_.FindToConfirm(absl::Seconds(25), 8, now()), nullptr);
}

TEST_F(PollQueueTest, ConfirmsNoTargetBeforeItsInterval) {
  PollTarget& target = Add(absl::Seconds(30), absl::Seconds(1));
  target.get_sent_at = now().now;
  event_loop_.Advance(absl::Seconds(29));
  target.RecordPageObservation(target.watch.newest()->prediction, now());
  queue_.OnChanged(target);
  EXPECT_EQ(queue_.FindToConfirm(absl::Seconds(8), 8, now()), nullptr);
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_EQ(queue_.FindToConfirm(absl::Seconds(8), 8, now()), &target);
}

TEST_F(PollQueueTest, VisitsTargetsOfPageNewestFirst) {
  for (int i = 0; i < 5; ++i) Add(absl::Seconds(1), absl::Seconds(2));
  Add(absl::Seconds(1));
  Due();
  std::vector<std::string> ids;
  const auto record = [&](PollTarget& target) {
    ids.push_back(target.watch.id());
    return ids.size() < 2;
  };
  // The creation times are kBase + 1 to kBase + 5.
  queue_.VisitCreated(absl::FromUnixSeconds(kBase + 4),
                      absl::FromUnixSeconds(kBase + 3), record);
  EXPECT_EQ(ids, std::vector<std::string>({"1002"}));
  ids.clear();
  queue_.VisitCreated(absl::InfiniteFuture(), absl::InfinitePast(), record);
  EXPECT_EQ(ids, std::vector<std::string>({"1004", "1003"}));
  ids.clear();
  queue_.VisitUnlisted(absl::InfinitePast(), record);
  EXPECT_EQ(ids, std::vector<std::string>({"1005"}));
  ids.clear();
  queue_.VisitUnlisted(now().now, record);
  EXPECT_TRUE(ids.empty());
}

// An event loop whose clock never stands still.
class TickingEventLoop : public ManualEventLoop {
 public:
  absl::Time Now() const override {
    return ManualEventLoop::Now() + absl::Nanoseconds(++ticks_);
  }

 private:
  mutable int64_t ticks_ = 0;
};

TEST(PollLoopTest, SendsPollAtOnceWhileTimePasses) {
  TickingEventLoop event_loop;
  FakePredictionClient upstream;
  Random random(1);
  BudgetRegistry budgets(BudgetRegistry::Rates(), event_loop);
  WatchRegistry registry(WatchRegistry::Options(), event_loop, upstream,
                         budgets, random);
  RecordingObserver observer;
  const auto subscription = registry.Subscribe(MakeCredential("token"), "1",
                                               WatchOptions(), observer);
  event_loop.RunPosted();
  EXPECT_EQ(upstream.calls().size(), 1u);
}

}  // namespace
}  // namespace wriftai
