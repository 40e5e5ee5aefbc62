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
constexpr int kWaiters = 10'000;

// 10,000 waiters of one prediction.
class FanOutTest : public ::testing::Test {
 protected:
  FanOutTest() : waiters_(kWaiters) {
    for (RecordingObserver& waiter : waiters_) {
      keys_.push_back(watch_.Subscribe({}, waiter));
    }
  }

  void Apply(const char* status, int updated = 0) {
    watch_.Apply(MakePrediction(kId, status, updated), v1::SOURCE_GET,
                 event_loop_.ThisInstant());
  }

  // How many waiters have received a snapshot.
  int notified_count() const {
    int count = 0;
    for (const RecordingObserver& waiter : waiters_) {
      if (!waiter.statuses.empty()) ++count;
    }
    return count;
  }

  // Runs `task` after the first batch.
  void AfterFirstBatch(std::function<void()> task) {
    Apply("started");
    ASSERT_EQ(notified_count(), PredictionWatch::kNotifyBatch);
    task();
    event_loop_.RunPosted();
  }

  ManualEventLoop event_loop_;
  std::vector<RecordingObserver> waiters_;
  std::vector<uint64_t> keys_;
  uint64_t next_waiter_ = 0;
  PredictionWatch watch_{kId, nullptr, event_loop_, next_waiter_};
};

TEST_F(FanOutTest, RunsOtherTasksBetweenBatches) {
  std::vector<int> counts;
  TimerHandle timer;
  std::function<void()> sample = [&] {
    counts.push_back(notified_count());
    if (counts.back() < kWaiters)
      timer = event_loop_.RunAt(event_loop_.Now(), sample);
  };
  Apply("started");
  sample();
  event_loop_.RunPosted();
  ASSERT_EQ(counts.back(), kWaiters);
  for (size_t i = 1; i < counts.size(); ++i) {
    EXPECT_LE(counts[i] - counts[i - 1], PredictionWatch::kNotifyBatch);
  }
}

TEST_F(FanOutTest, SharesOneSnapshotAmongAllWaiters) {
  Apply("started");
  event_loop_.RunPosted();
  const SnapshotPtr first = waiters_[0].snapshots[0];
  EXPECT_THAT(waiters_,
              Each(Field(&RecordingObserver::snapshots, ElementsAre(first))));
}

TEST_F(FanOutTest, NotifiesEachWaiterOfTheEndOnce) {
  Apply("succeeded");
  event_loop_.RunPosted();
  EXPECT_THAT(waiters_, Each(Field(&RecordingObserver::statuses,
                                   ElementsAre("succeeded"))));
  EXPECT_TRUE(watch_.idle());
}

TEST_F(FanOutTest, SendsNewerStateToAllAndOlderToNoFurtherWaiter) {
  AfterFirstBatch([this] { Apply("succeeded"); });
  for (int i = 0; i < kWaiters; ++i) {
    if (i < PredictionWatch::kNotifyBatch) {
      ASSERT_THAT(waiters_[i].statuses, ElementsAre("started", "succeeded"));
    } else {
      ASSERT_THAT(waiters_[i].statuses, ElementsAre("succeeded")) << i;
    }
  }
  EXPECT_TRUE(watch_.idle());
}

TEST_F(FanOutTest, DoesNotRepeatStateObservedAgainBetweenBatches) {
  AfterFirstBatch([this] { Apply("started"); });
  EXPECT_THAT(waiters_, Each(Field(&RecordingObserver::statuses, SizeIs(1))));
}

TEST_F(FanOutTest, EarlyPollBetweenBatchesLeavesTheDueOneToTheRest) {
  Apply("started");
  event_loop_.Advance(absl::Seconds(1));
  Apply("started");
  watch_.Apply(MakePrediction(kId, "started"), v1::SOURCE_GET,
               event_loop_.ThisInstant(), /*early=*/true);
  event_loop_.RunPosted();
  EXPECT_THAT(waiters_.front().statuses, SizeIs(2));
  EXPECT_THAT(waiters_.back().statuses, SizeIs(2));
}

TEST_F(FanOutTest, SkipsWaitersThatUnsubscribeBetweenBatches) {
  AfterFirstBatch([this] {
    for (const uint64_t key : keys_) watch_.Unsubscribe(key);
  });
  EXPECT_EQ(notified_count(), PredictionWatch::kNotifyBatch);
  EXPECT_TRUE(watch_.idle());
}

TEST_F(FanOutTest, NotifiesWaiterSubscribedBetweenBatchesOnce) {
  RecordingObserver late;
  AfterFirstBatch([&] { watch_.Subscribe({}, late); });
  EXPECT_THAT(late.statuses, ElementsAre("started"));
  EXPECT_EQ(notified_count(), kWaiters);
}

TEST_F(FanOutTest, FailureBetweenBatchesEndsAllWaits) {
  AfterFirstBatch(
      [this] { watch_.Fail([] { return absl::NotFoundError("404"); }); });
  EXPECT_EQ(notified_count(), PredictionWatch::kNotifyBatch);
  EXPECT_THAT(waiters_, Each(Field(&RecordingObserver::errors,
                                   ElementsAre(absl::NotFoundError("404")))));
}

TEST_F(FanOutTest, ObserverMayUnsubscribeAllWaiters) {
  waiters_[0].on_notified = [this] {
    for (const uint64_t key : keys_) watch_.Unsubscribe(key);
  };
  Apply("started");
  event_loop_.RunPosted();
  EXPECT_EQ(notified_count(), 1);
  EXPECT_THAT(waiters_[1].statuses, IsEmpty());
}

}  // namespace
}  // namespace wriftai
