#include <functional>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/manual_event_loop.h"
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
      keys_.push_back(watch_.Subscribe({}, waiter));
    }
  }

  void Apply(const char* status, int updated = 0) {
    watch_.Apply(MakePrediction(kId, status, updated), v1::SOURCE_GET,
                 event_loop_.ThisInstant());
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
    Apply("started");
    ASSERT_EQ(told(), PredictionWatch::kNotifyBatch);
    task();
    event_loop_.RunPosted();
  }

  ManualEventLoop event_loop_;
  std::vector<RecordingObserver> waiters_;
  std::vector<uint64_t> keys_;
  PredictionWatch watch_{kId, nullptr, event_loop_};
};

TEST_F(FanOut, OtherTasksRunBetweenBatches) {
  std::vector<int> seen;
  TimerHandle timer;
  std::function<void()> look = [&] {
    seen.push_back(told());
    if (seen.back() < kCrowd)
      timer = event_loop_.RunAt(event_loop_.Now(), look);
  };
  Apply("started");
  look();
  event_loop_.RunPosted();
  ASSERT_EQ(seen.back(), kCrowd);
  for (size_t i = 1; i < seen.size(); ++i) {
    EXPECT_LE(seen[i] - seen[i - 1], PredictionWatch::kNotifyBatch);
  }
}

TEST_F(FanOut, AllShareOneSnapshot) {
  Apply("started");
  event_loop_.RunPosted();
  const SnapshotPtr first = waiters_[0].snapshots[0];
  EXPECT_THAT(waiters_,
              Each(Field(&RecordingObserver::snapshots, ElementsAre(first))));
}

TEST_F(FanOut, TheEndGoesToEachOnce) {
  Apply("succeeded");
  event_loop_.RunPosted();
  EXPECT_THAT(waiters_, Each(Field(&RecordingObserver::statuses,
                                   ElementsAre("succeeded"))));
  EXPECT_TRUE(watch_.idle());
}

TEST_F(FanOut, ANewerStateMeanwhileGoesToAllAndTheOlderToNobodyAfterIt) {
  AfterFirstBatch([this] { Apply("succeeded"); });
  for (int i = 0; i < kCrowd; ++i) {
    if (i < PredictionWatch::kNotifyBatch) {
      ASSERT_THAT(waiters_[i].statuses, ElementsAre("started", "succeeded"));
    } else {
      ASSERT_THAT(waiters_[i].statuses, ElementsAre("succeeded")) << i;
    }
  }
  EXPECT_TRUE(watch_.idle());
}

TEST_F(FanOut, TheSameStateSeenAgainMeanwhileIsNotToldTwice) {
  AfterFirstBatch([this] { Apply("started"); });
  EXPECT_THAT(waiters_, Each(Field(&RecordingObserver::statuses, SizeIs(1))));
}

TEST_F(FanOut, WhoLeavesMeanwhileIsNotTold) {
  AfterFirstBatch([this] {
    for (const uint64_t key : keys_) watch_.Unsubscribe(key);
  });
  EXPECT_EQ(told(), PredictionWatch::kNotifyBatch);
  EXPECT_TRUE(watch_.idle());
}

TEST_F(FanOut, WhoComesMeanwhileIsToldOnce) {
  RecordingObserver late;
  AfterFirstBatch([&] { watch_.Subscribe({}, late); });
  EXPECT_THAT(late.statuses, ElementsAre("started"));
  EXPECT_EQ(told(), kCrowd);
}

TEST_F(FanOut, AFailureMeanwhileEndsAllAndTellsNothingMore) {
  AfterFirstBatch(
      [this] { watch_.Fail([] { return absl::NotFoundError("404"); }); });
  EXPECT_EQ(told(), PredictionWatch::kNotifyBatch);
  EXPECT_THAT(waiters_, Each(Field(&RecordingObserver::errors,
                                   ElementsAre(absl::NotFoundError("404")))));
}

TEST_F(FanOut, TheFirstMayMakeAllOthersLeave) {
  waiters_[0].on_notified = [this] {
    for (const uint64_t key : keys_) watch_.Unsubscribe(key);
  };
  Apply("started");
  event_loop_.RunPosted();
  EXPECT_EQ(told(), 1);
  EXPECT_THAT(waiters_[1].statuses, IsEmpty());
}

}  // namespace
}  // namespace wriftai
