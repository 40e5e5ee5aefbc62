#include "upstream/watch/spare_polls.h"

#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/random.h"
#include "gtest/gtest.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/manual_event_loop.h"
#include "tests/support/recording_observer.h"
#include "tests/upstream/watch/many_waits.h"
#include "upstream/prediction_state.h"

namespace wriftai {
namespace {

// Plans spare polls in a window of a second that has just begun.
class SparePollTest : public ::testing::Test {
 protected:
  static v1::Prediction Created(absl::Time at, const std::string& model) {
    v1::Prediction prediction = MakePrediction("id", "started");
    prediction.mutable_model()->set_name(model);
    prediction.mutable_created_at()->set_seconds(absl::ToUnixSeconds(at));
    return prediction;
  }

  // A target of that age, last observed `ago`.
  PollTarget& Add(absl::Duration age, absl::Duration ago = absl::Seconds(1),
                  const std::string& model = "m",
                  absl::Duration interval = absl::Seconds(10)) {
    const std::string id = absl::StrCat(1000 + targets_.size());
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->prediction = Created(event_loop_.WallNow() - age, model);
    snapshot->prediction.set_id(id);
    snapshot->applied_at = event_loop_.Now() - ago;
    auto& target = targets_[id];
    target = std::make_unique<PollTarget>(
        id, std::move(snapshot), event_loop_.Now(), event_loop_, next_waiter_);
    target->get_sent_at = event_loop_.Now();
    WatchOptions options;
    options.poll_interval = interval;
    target->watch.Subscribe(options, observer_);
    return *target;
  }

  // The model's earlier runs.
  void AddRuns(std::initializer_list<int> seconds,
               const std::string& model = "m") {
    for (const int run : seconds) {
      v1::Prediction ended = Created(event_loop_.WallNow(), model);
      ended.mutable_updated_at()->set_seconds(ended.created_at().seconds() +
                                              run);
      run_durations_.Add(ended);
    }
  }

  SparePoll Next(int64_t count = 2, int64_t left_free = 1) {
    SpareRequests spare;
    spare.count = count;
    spare.left_free = left_free;
    spare.since = event_loop_.Now();
    spare.until = event_loop_.Now() + absl::Seconds(1);
    return SparePoll::Next(targets_, run_durations_, spare, event_loop_.Now(),
                           event_loop_.WallNow());
  }

  // Seconds until the next one.
  double Until(const SparePoll& poll) const {
    return absl::ToDoubleSeconds(poll.when - event_loop_.Now());
  }

  ManualEventLoop event_loop_;
  uint64_t next_waiter_ = 0;
  ModelRunDurations run_durations_;
  PollTargets targets_;
  RecordingObserver observer_;
  Random random_{1};
};

TEST_F(SparePollTest, SpreadsRequestsOverTheWindow) {
  PollTarget& target = Add(absl::Seconds(30));
  EXPECT_EQ(Next(2).target, &target);
  EXPECT_NEAR(Until(Next(2)), 0.35, 1e-6);
  EXPECT_NEAR(Until(Next(1)), 0.7, 1e-6);
}

TEST_F(SparePollTest, AsksAgainInTheNextWindowIfNoneIsLeft) {
  Add(absl::Seconds(30));
  EXPECT_EQ(Next(0).target, nullptr);
  EXPECT_NEAR(Until(Next(0)), 1, 1e-6);
}

TEST_F(SparePollTest, LeavesRequestsToPollsThatWillBeDue) {
  Add(absl::Seconds(30));
  Add(absl::Seconds(30), absl::Milliseconds(500), "m", absl::Seconds(1));
  Add(absl::Seconds(30), absl::Milliseconds(500), "m", absl::Seconds(1));
  EXPECT_EQ(Next(1).target, nullptr);
  EXPECT_NE(Next(3).target, nullptr);
}

TEST_F(SparePollTest, LeavesTheOnlyRequestToTheOnePollThatWillBeDue) {
  PollTarget& stalest = Add(absl::Seconds(30), absl::Seconds(3));
  Add(absl::Seconds(30), absl::Milliseconds(500), "m", absl::Seconds(1));
  EXPECT_EQ(Next(1).target, nullptr);
  EXPECT_NEAR(Until(Next(1)), 1, 1e-6);
  EXPECT_EQ(Next(2).target, &stalest);
}

TEST_F(SparePollTest, PrefersModelWhoseRunsEndSoon) {
  AddRuns({28, 32}, "soon");
  AddRuns({20, 90}, "late");
  Add(absl::Seconds(30), absl::Seconds(1), "late");
  PollTarget& soon = Add(absl::Seconds(30), absl::Seconds(1), "soon");
  Add(absl::Seconds(30), absl::Seconds(1), "unknown");
  EXPECT_EQ(Next().target, &soon);
}

TEST_F(SparePollTest, PrefersStalestOfOneModel) {
  Add(absl::Seconds(30), absl::Seconds(1));
  PollTarget& stalest = Add(absl::Seconds(30), absl::Seconds(3));
  Add(absl::Seconds(30), absl::Seconds(2));
  EXPECT_EQ(Next().target, &stalest);
}

TEST_F(SparePollTest, WaitsForTheShortestRun) {
  AddRuns({100, 110, 120, 130});
  Add(absl::Seconds(30));
  EXPECT_EQ(Next().target, nullptr);
  EXPECT_NEAR(Until(Next()), 80 - 30, 1e-6);
}

TEST_F(SparePollTest, SpendsAllOfTheWindowOnALikelyEnd) {
  AddRuns({30, 31});
  Add(absl::Seconds(30));
  EXPECT_NEAR(Until(Next(1, 1)), 0.35, 1e-6);
  EXPECT_NEAR(Until(Next(1, 0)), 0.7, 1e-6);
}

TEST_F(SparePollTest, SpendsAllUntilTheWindowEnds) {
  AddRuns({29, 31});
  Add(absl::Seconds(30));
  SpareRequests spare{0, 1, event_loop_.Now(),
                      event_loop_.Now() + absl::Seconds(1)};
  event_loop_.Advance(absl::Milliseconds(990));
  EXPECT_NE(SparePoll::Next(targets_, run_durations_, spare, event_loop_.Now(),
                            event_loop_.WallNow())
                .target,
            nullptr);
}

TEST_F(SparePollTest, LeavesAThirdFreeIfTheEndIsNotLikelyNow) {
  AddRuns({20, 60});
  Add(absl::Seconds(30));
  EXPECT_NEAR(Until(Next(1, 1)), 0.7, 1e-6);
}

// It may run for long.
TEST_F(SparePollTest, LeavesAThirdFreeOnceARunTakesTwiceTheLongest) {
  AddRuns({5, 5});
  Add(absl::Seconds(10));
  EXPECT_NEAR(Until(Next(1, 1)), 0.35, 1e-6);
  targets_.clear();
  Add(absl::Seconds(11));
  EXPECT_NEAR(Until(Next(1, 1)), 0.7, 1e-6);
}

TEST_F(SparePollTest, LeavesATenthOfASecondBetweenPolls) {
  Add(absl::Seconds(30));
  EXPECT_NEAR(Until(Next(100)), 0.1, 1e-6);
}

TEST_F(SparePollTest, LooksAtNoMoreTargetsThanItsBound) {
  for (size_t i = 0; i < SparePoll::kMaxTargets; ++i) Add(absl::Seconds(30));
  EXPECT_NE(Next(100).target, nullptr);
  Add(absl::Seconds(30));
  EXPECT_EQ(Next(100).target, nullptr);
  EXPECT_EQ(Next(100).when, absl::InfiniteFuture());
}

TEST_F(SparePollTest, PollsNewPredictionOfUnknownModelSoon) {
  PollTarget& target = Add(absl::ZeroDuration(), absl::ZeroDuration());
  target.get_sent_at = absl::InfinitePast();
  EXPECT_NEAR(Until(Next()), 0.15, 1e-6);
}

TEST_F(SparePollTest, SkipsTargetsThatGainNothing) {
  Add(absl::Seconds(30)).output_pending = true;
  Add(absl::Seconds(30)).page_until = absl::InfiniteFuture();
  Add(absl::Seconds(30))
      .failures.OnFailure(absl::UnavailableError("503"), absl::Seconds(1),
                          absl::Seconds(30), event_loop_.Now(),
                          absl::InfinitePast(), random_);
  const WebhookReliability reliability(absl::Seconds(30));
  Add(absl::Seconds(30)).webhook_backoff.Start(reliability);
  EXPECT_EQ(Next(10).target, nullptr);
  PollTarget& other = Add(absl::Seconds(30));
  EXPECT_EQ(Next(10).target, &other);
}

using SparePollPaceTest = ManyWaitsTest;

// Although a spare poll shortly before one is due replaces it.
TEST_F(SparePollPaceTest, UpdatesComeAtTheIntervalOfTheWaiter) {
  Waiter& waiter = Subscribe(AddPredictions(1)[0], absl::Milliseconds(1500));
  event_loop_.Advance(absl::Seconds(10));
  EXPECT_EQ(UpdatesOf(waiter, absl::Minutes(1)), 40u);
}

}  // namespace
}  // namespace wriftai
