#include <functional>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/recording_observer.h"
#include "upstream/watch/prediction_watch.h"

namespace wriftai {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kId[] = "c12258c4-ed83-4d7b-a784-8ed55412325a";
constexpr int kCrowd = 10'000;

// 10,000 waiters of one prediction.
class FanOut : public ::testing::Test {
 protected:
  FanOut() : waiters_(kCrowd) {
    for (RecordingObserver& waiter : waiters_) {
      keys_.push_back(watch_.Add({}, waiter));
    }
  }

  void Observe(const char* status, int updated = 0) {
    watch_.Observe(MakePrediction(kId, status, updated), v1::SOURCE_GET,
                   scheduler_.ThisInstant());
  }

  // How many have been told anything.
  int told() const {
    int count = 0;
    for (const RecordingObserver& waiter : waiters_) {
      if (!waiter.statuses.empty()) ++count;
    }
    return count;
  }

  // Runs `task`, as a timer that is due, after the first batch.
  void AfterFirstBatch(std::function<void()> task) {
    Observe("started");
    ASSERT_EQ(told(), PredictionWatch::kTellBatch);
    task();
    scheduler_.RunPosted();
  }

  ManualScheduler scheduler_;
  std::vector<RecordingObserver> waiters_;
  std::vector<uint64_t> keys_;
  PredictionWatch watch_{kId, nullptr, scheduler_};
};

TEST_F(FanOut, OtherTasksRunBetweenBatches) {
  std::vector<int> seen;
  TimerHandle timer;
  std::function<void()> look = [&] {
    seen.push_back(told());
    if (seen.back() < kCrowd) timer = scheduler_.PostAt(scheduler_.Now(), look);
  };
  Observe("started");
  look();
  scheduler_.RunPosted();
  ASSERT_EQ(seen.back(), kCrowd);
  for (size_t i = 1; i < seen.size(); ++i) {
    EXPECT_LE(seen[i] - seen[i - 1], PredictionWatch::kTellBatch);
  }
}

TEST_F(FanOut, AllShareOneSnapshot) {
  Observe("started");
  scheduler_.RunPosted();
  const SnapshotPtr first = waiters_[0].snapshots[0];
  EXPECT_THAT(waiters_,
              Each(Field(&RecordingObserver::snapshots, ElementsAre(first))));
}

TEST_F(FanOut, TheEndGoesToEachOnce) {
  Observe("succeeded");
  scheduler_.RunPosted();
  EXPECT_THAT(waiters_, Each(Field(&RecordingObserver::statuses,
                                   ElementsAre("succeeded"))));
  EXPECT_TRUE(watch_.idle());
}

TEST_F(FanOut, ANewerStateMeanwhileGoesToAllAndTheOlderToNobodyAfterIt) {
  AfterFirstBatch([this] { Observe("succeeded"); });
  for (int i = 0; i < kCrowd; ++i) {
    if (i < PredictionWatch::kTellBatch) {
      ASSERT_THAT(waiters_[i].statuses, ElementsAre("started", "succeeded"));
    } else {
      ASSERT_THAT(waiters_[i].statuses, ElementsAre("succeeded")) << i;
    }
  }
  EXPECT_TRUE(watch_.idle());
}

TEST_F(FanOut, TheSameStateSeenAgainMeanwhileIsNotToldTwice) {
  AfterFirstBatch([this] { Observe("started"); });
  EXPECT_THAT(waiters_, Each(Field(&RecordingObserver::statuses, SizeIs(1))));
}

TEST_F(FanOut, WhoLeavesMeanwhileIsNotTold) {
  AfterFirstBatch([this] {
    for (const uint64_t key : keys_) watch_.Remove(key);
  });
  EXPECT_EQ(told(), PredictionWatch::kTellBatch);
  EXPECT_TRUE(watch_.idle());
}

TEST_F(FanOut, WhoComesMeanwhileIsToldOnce) {
  RecordingObserver late;
  AfterFirstBatch([&] { watch_.Add({}, late); });
  EXPECT_THAT(late.statuses, ElementsAre("started"));
  EXPECT_EQ(told(), kCrowd);
}

TEST_F(FanOut, AFailureMeanwhileEndsAllAndTellsNothingMore) {
  AfterFirstBatch(
      [this] { watch_.Fail([] { return absl::NotFoundError("404"); }); });
  EXPECT_EQ(told(), PredictionWatch::kTellBatch);
  EXPECT_THAT(waiters_, Each(Field(&RecordingObserver::errors,
                                   ElementsAre(absl::NotFoundError("404")))));
}

TEST_F(FanOut, TheFirstMayMakeAllOthersLeave) {
  waiters_[0].on_told = [this] {
    for (const uint64_t key : keys_) watch_.Remove(key);
  };
  Observe("started");
  scheduler_.RunPosted();
  EXPECT_EQ(told(), 1);
  EXPECT_THAT(waiters_[1].statuses, IsEmpty());
}

}  // namespace
}  // namespace wriftai
