#include "upstream/watch/prediction_watch.h"

#include <memory>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/recording_observer.h"
#include "tests/support/status_matchers.h"
#include "tests/upstream/watch/one_watch.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kId[] = "c12258c4-ed83-4d7b-a784-8ed55412325a";

using PredictionWatchTest = OneWatchTest;

TEST_F(PredictionWatchTest, EmitsEveryPollResultAndThenTheEnd) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  Settle();
  for (const char* status : {"pending", "pending", "started", "started"}) {
    Polled(status);
    event_loop_.Advance(absl::Seconds(1));
  }
  Polled("succeeded");
  EXPECT_THAT(first_.statuses, ElementsAre("pending", "pending", "started",
                                           "started", "succeeded"));
  EXPECT_THAT(first_.errors, IsEmpty());
  EXPECT_TRUE(watch_.idle());
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_EQ(polls(), 5u);
}

TEST_F(PredictionWatchTest, ManyWaitersShareOnePoll) {
  std::vector<std::unique_ptr<RecordingObserver>> waiters;
  for (int i = 0; i < 1000; ++i) {
    waiters.push_back(std::make_unique<RecordingObserver>());
    watch_.Subscribe(Every(absl::Seconds(1)), *waiters.back());
  }
  Settle();
  Polled("started");
  event_loop_.Advance(absl::Seconds(1));
  Polled("succeeded");
  EXPECT_EQ(polls(), 2u);
  for (const auto& waiter : waiters) {
    EXPECT_THAT(waiter->statuses, ElementsAre("started", "succeeded"));
    // One snapshot for all.
    EXPECT_EQ(waiter->snapshots[1], waiters[0]->snapshots[1]);
  }
}

TEST_F(PredictionWatchTest, ANewcomerIsToldWhatIsKnownBeforeItIsDismissed) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  Settle();
  Polled("started");
  watch_.Subscribe(Every(absl::Seconds(1)), second_);
  watch_.Drain();
  EXPECT_THAT(first_.statuses, ElementsAre("started"));
  EXPECT_THAT(second_.statuses, ElementsAre("started"));
  for (const RecordingObserver* const observer : {&first_, &second_}) {
    EXPECT_THAT(observer->errors,
                ElementsAre(StatusIs(absl::StatusCode::kUnavailable)));
  }
  Settle();
  EXPECT_THAT(second_.statuses, SizeIs(1));
}

TEST_F(PredictionWatchTest, WhoeverHasNotHeardOfTheEndIsToldAndNotDismissed) {
  constexpr int kMany = PredictionWatch::kNotifyBatch + 2;
  std::vector<std::unique_ptr<RecordingObserver>> waiters;
  for (int i = 0; i < kMany; ++i) {
    waiters.push_back(std::make_unique<RecordingObserver>());
    watch_.Subscribe(Every(absl::Seconds(1)), *waiters.back());
  }
  Settle();
  client_.Complete(MakePrediction(kId, "succeeded"));  // To the first batch.
  watch_.Drain();
  for (const auto& waiter : waiters) {
    EXPECT_THAT(waiter->statuses, ElementsAre("succeeded"));
    EXPECT_THAT(waiter->errors, IsEmpty());
  }
  EXPECT_TRUE(watch_.idle());
}

TEST_F(PredictionWatchTest, AFailureTellsNewcomersNothingElse) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  Settle();
  Polled("started");
  event_loop_.Advance(absl::Seconds(1));  // The poll goes out.
  watch_.Subscribe(Every(absl::Seconds(1)), second_);
  client_.Complete(absl::UnauthenticatedError("refused"));
  Settle();
  EXPECT_THAT(second_.statuses, IsEmpty());
  EXPECT_THAT(second_.errors,
              ElementsAre(StatusIs(absl::StatusCode::kUnauthenticated)));
}

TEST_F(PredictionWatchTest, ALateWaiterIsToldTheNewestStateAtOnce) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  Settle();
  Polled("started");
  watch_.Subscribe(Every(absl::Seconds(1)), second_);
  EXPECT_THAT(second_.statuses, IsEmpty()) << "told inside Add()";
  Settle();
  EXPECT_THAT(second_.statuses, ElementsAre("started"));
  EXPECT_EQ(polls(), 1u);
}

TEST_F(PredictionWatchTest, AWaiterThatJoinsAfterTheEndIsToldIt) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  Settle();
  Polled("failed");
  watch_.Subscribe(Every(absl::Seconds(1)), second_);
  Settle();
  EXPECT_THAT(second_.statuses, ElementsAre("failed"));
  EXPECT_EQ(polls(), 1u);
}

TEST_F(PredictionWatchTest, AWaiterThatJoinsDuringTheLastPollIsToldOnce) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  Settle();
  Polled("started");
  event_loop_.Advance(absl::Seconds(1));
  watch_.Subscribe(Every(absl::Seconds(1)), second_);
  // The end comes before the newcomer has been told the state before it.
  client_.Complete(MakePrediction(kId, "succeeded"));
  Settle();
  EXPECT_THAT(second_.statuses, ElementsAre("succeeded"));
}

TEST_F(PredictionWatchTest, EachWaiterIsToldAtItsOwnInterval) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  watch_.Subscribe(Every(absl::Seconds(5)), second_);
  Settle();
  for (int second = 0; second <= 10; ++second) {
    Polled("started");
    event_loop_.Advance(absl::Seconds(1));
  }
  EXPECT_THAT(first_.statuses, SizeIs(11));
  EXPECT_THAT(second_.statuses, SizeIs(3));
}

TEST_F(PredictionWatchTest, AnEarlyPollResultStillCountsAsTheOneThatIsDue) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  Settle();
  event_loop_.Advance(absl::Milliseconds(300));
  Polled("started");  // At 0.3 s.
  event_loop_.Advance(absl::Milliseconds(700));
  Polled("started");  // At 1.0 s: 0.7 s after the first.
  EXPECT_THAT(first_.statuses, SizeIs(2));
}

TEST_F(PredictionWatchTest, AChangeOfStatusIsNeverHeldBack) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  watch_.Subscribe(Every(absl::Minutes(1)), second_);
  Settle();
  Polled("pending");
  event_loop_.Advance(absl::Seconds(1));
  Polled("started");
  EXPECT_THAT(second_.statuses, ElementsAre("pending", "started"));
}

TEST_F(PredictionWatchTest, OnlyChangesLeavesOutWhatIsTheSame) {
  watch_.Subscribe(OnlyChanges(), first_);
  Settle();
  for (const int updated : {0, 0, 3, 3}) {
    Polled("started", updated);
    event_loop_.Advance(absl::Seconds(1));
  }
  EXPECT_THAT(first_.snapshots, SizeIs(2));
}

TEST_F(PredictionWatchTest, LeavingTakesBackTheNewsToANewcomer) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  Settle();
  Polled("started");
  watch_.Unsubscribe(watch_.Subscribe(Every(absl::Seconds(1)), second_));
  Settle();
  EXPECT_THAT(second_.statuses, IsEmpty());
}

TEST_F(PredictionWatchTest, AWaiterMayLeaveWhileItIsTold) {
  uint64_t own = 0;
  first_.on_notified = [&] { watch_.Unsubscribe(own); };
  own = watch_.Subscribe(Every(absl::Seconds(1)), first_);
  watch_.Subscribe(Every(absl::Seconds(1)), second_);
  Settle();
  Polled("started");
  event_loop_.Advance(absl::Seconds(1));
  Polled("succeeded");
  EXPECT_THAT(first_.statuses, ElementsAre("started"));
  EXPECT_THAT(second_.statuses, ElementsAre("started", "succeeded"));
}

TEST_F(PredictionWatchTest, AWaiterMayMakeAnotherLeaveWhileItIsTold) {
  uint64_t other = 0;
  first_.on_notified = [&] { watch_.Unsubscribe(other); };
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  other = watch_.Subscribe(Every(absl::Seconds(1)), second_);
  Settle();
  Polled("started");
  EXPECT_THAT(second_.statuses, IsEmpty());
}

TEST_F(PredictionWatchTest, StateNeverGoesBackwards) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  Settle();
  Polled("started", 5);
  event_loop_.Advance(absl::Seconds(1));
  Polled("pending", 9);
  event_loop_.Advance(absl::Seconds(1));
  Polled("started", 4);
  EXPECT_THAT(first_.statuses, ElementsAre("started"));
  EXPECT_EQ(polls(), 3u);
}

TEST_F(PredictionWatchTest, UnknownStatusIsToldAndIsNoEnd) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  Settle();
  Polled("canceled");
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_EQ(polls(), 2u);
  EXPECT_THAT(first_.statuses, ElementsAre("canceled"));
}

TEST_F(PredictionWatchTest, SnapshotsCarryTheWallTimeOfTheirObservation) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  Settle();
  event_loop_.Advance(absl::Milliseconds(250));
  const absl::Time now = event_loop_.WallNow();
  Polled("started");
  event_loop_.Advance(absl::Milliseconds(500));
  watch_.Subscribe(Every(absl::Seconds(1)), second_);
  Settle();
  EXPECT_EQ(second_.snapshots[0]->observed_at, now);
  EXPECT_EQ(second_.snapshots[0]->source, v1::SOURCE_GET);
}

TEST_F(PredictionWatchTest, PatienceEndsForOneWaiterAlone) {
  WatchOptions impatient = Every(absl::Seconds(1));
  impatient.end_at = event_loop_.Now() + absl::Seconds(5);
  watch_.Subscribe(impatient, first_);
  watch_.Subscribe(Every(absl::Seconds(1)), second_);
  Settle();
  event_loop_.Advance(absl::Seconds(5));
  ASSERT_THAT(first_.errors, SizeIs(1));
  EXPECT_THAT(first_.errors[0],
              StatusIs(absl::StatusCode::kDeadlineExceeded,
                       "the gateway's longest wait is over; the prediction "
                       "c12258c4-ed83-4d7b-a784-8ed55412325a goes on: wait "
                       "for it again"));
  EXPECT_THAT(second_.errors, IsEmpty());
  EXPECT_EQ(watch_.waiter_count(), 1u);
}

TEST_F(PredictionWatchTest, AStreamThatEndsSendsItsWaiterBack) {
  WatchOptions options = Every(absl::Seconds(1));
  options.end_at = event_loop_.Now() + absl::Seconds(5);
  options.comes_back = true;
  watch_.Subscribe(options, first_);
  Settle();
  event_loop_.Advance(absl::Seconds(5));
  ASSERT_THAT(first_.errors, SizeIs(1));
  EXPECT_THAT(first_.errors[0],
              StatusIs(absl::StatusCode::kUnavailable,
                       "the stream has reached its age; the prediction "
                       "c12258c4-ed83-4d7b-a784-8ed55412325a goes on: wait "
                       "for it again, where the connection leads"));
  EXPECT_EQ(RetryDelay(first_.errors[0]), absl::ZeroDuration());
}

TEST_F(PredictionWatchTest, UpdatesTellTheIntervalInForce) {
  watch_.Subscribe(Every(absl::Seconds(2)), first_);
  watch_.Subscribe(Every(absl::Milliseconds(500)), second_);
  Settle();
  Polled("started");
  EXPECT_THAT(first_.intervals, ElementsAre(absl::Seconds(2)));
  EXPECT_THAT(second_.intervals, ElementsAre(absl::Milliseconds(500)));
}

}  // namespace
}  // namespace wriftai
