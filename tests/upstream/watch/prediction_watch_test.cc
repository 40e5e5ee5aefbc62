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

TEST_F(PredictionWatchTest, NotifiesOfEveryPollResultUntilTheEnd) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  RunPending();
  for (const char* status : {"pending", "pending", "started", "started"}) {
    CompletePoll(status);
    event_loop_.Advance(absl::Seconds(1));
  }
  CompletePoll("succeeded");
  EXPECT_THAT(first_.statuses, ElementsAre("pending", "pending", "started",
                                           "started", "succeeded"));
  EXPECT_THAT(first_.errors, IsEmpty());
  EXPECT_TRUE(watch_.idle());
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_EQ(polls(), 5u);
}

TEST_F(PredictionWatchTest, SharesOnePollAmongManyWaiters) {
  std::vector<std::unique_ptr<RecordingObserver>> waiters;
  for (int i = 0; i < 1000; ++i) {
    waiters.push_back(std::make_unique<RecordingObserver>());
    watch_.Subscribe(Every(absl::Seconds(1)), *waiters.back());
  }
  RunPending();
  CompletePoll("started");
  event_loop_.Advance(absl::Seconds(1));
  CompletePoll("succeeded");
  EXPECT_EQ(polls(), 2u);
  for (const auto& waiter : waiters) {
    EXPECT_THAT(waiter->statuses, ElementsAre("started", "succeeded"));
    // All share one snapshot.
    EXPECT_EQ(waiter->snapshots[1], waiters[0]->snapshots[1]);
  }
}

TEST_F(PredictionWatchTest, DrainSendsKnownStateToNewWaiterFirst) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  RunPending();
  CompletePoll("started");
  watch_.Subscribe(Every(absl::Seconds(1)), second_);
  watch_.Drain();
  EXPECT_THAT(first_.statuses, ElementsAre("started"));
  EXPECT_THAT(second_.statuses, ElementsAre("started"));
  for (const RecordingObserver* const observer : {&first_, &second_}) {
    EXPECT_THAT(observer->errors,
                ElementsAre(StatusIs(absl::StatusCode::kUnavailable)));
  }
  RunPending();
  EXPECT_THAT(second_.statuses, SizeIs(1));
}

TEST_F(PredictionWatchTest, DrainSendsTerminalStateInsteadOfError) {
  constexpr int kMany = PredictionWatch::kNotifyBatch + 2;
  std::vector<std::unique_ptr<RecordingObserver>> waiters;
  for (int i = 0; i < kMany; ++i) {
    waiters.push_back(std::make_unique<RecordingObserver>());
    watch_.Subscribe(Every(absl::Seconds(1)), *waiters.back());
  }
  RunPending();
  client_.Complete(MakePrediction(kId, "succeeded"));  // To the first batch.
  watch_.Drain();
  for (const auto& waiter : waiters) {
    EXPECT_THAT(waiter->statuses, ElementsAre("succeeded"));
    EXPECT_THAT(waiter->errors, IsEmpty());
  }
  EXPECT_TRUE(watch_.idle());
}

TEST_F(PredictionWatchTest, FailureEndsNewWaiterWithoutSnapshot) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  RunPending();
  CompletePoll("started");
  event_loop_.Advance(absl::Seconds(1));  // Sends the poll.
  watch_.Subscribe(Every(absl::Seconds(1)), second_);
  client_.Complete(absl::UnauthenticatedError("rejected"));
  RunPending();
  EXPECT_THAT(second_.statuses, IsEmpty());
  EXPECT_THAT(second_.errors,
              ElementsAre(StatusIs(absl::StatusCode::kUnauthenticated)));
}

TEST_F(PredictionWatchTest, FailureDoesNotEndWaitThatItsNotificationBegins) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  first_.on_notified = [&] {
    watch_.Subscribe(Every(absl::Seconds(1)), second_);
  };
  watch_.Drain();
  EXPECT_THAT(first_.errors, SizeIs(1));
  EXPECT_THAT(second_.errors, IsEmpty());
  EXPECT_EQ(watch_.waiter_count(), 1u);
}

TEST_F(PredictionWatchTest, NotifiesNewWaiterOnceIfAStateArrivesMeanwhile) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  RunPending();
  CompletePoll("started");
  watch_.Subscribe(Every(absl::Seconds(1)), second_);
  watch_.Apply(MakePrediction(kId, "started", 1), v1::SOURCE_GET);
  RunPending();
  EXPECT_THAT(second_.statuses, ElementsAre("started"));
}

TEST_F(PredictionWatchTest, NotifiesLateWaiterOfNewestStateAtOnce) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  RunPending();
  CompletePoll("started");
  watch_.Subscribe(Every(absl::Seconds(1)), second_);
  EXPECT_THAT(second_.statuses, IsEmpty()) << "notified inside Subscribe()";
  RunPending();
  EXPECT_THAT(second_.statuses, ElementsAre("started"));
  EXPECT_EQ(polls(), 1u);
}

TEST_F(PredictionWatchTest, NotifiesWaiterSubscribedAfterTheEnd) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  RunPending();
  CompletePoll("failed");
  watch_.Subscribe(Every(absl::Seconds(1)), second_);
  RunPending();
  EXPECT_THAT(second_.statuses, ElementsAre("failed"));
  EXPECT_EQ(polls(), 1u);
}

TEST_F(PredictionWatchTest, NotifiesWaiterSubscribedDuringLastPollOnce) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  RunPending();
  CompletePoll("started");
  event_loop_.Advance(absl::Seconds(1));
  watch_.Subscribe(Every(absl::Seconds(1)), second_);
  // The end arrives before the new waiter's first notification.
  client_.Complete(MakePrediction(kId, "succeeded"));
  RunPending();
  EXPECT_THAT(second_.statuses, ElementsAre("succeeded"));
}

TEST_F(PredictionWatchTest, NotifiesEachWaiterAtItsOwnInterval) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  watch_.Subscribe(Every(absl::Seconds(5)), second_);
  RunPending();
  for (int second = 0; second <= 10; ++second) {
    CompletePoll("started");
    event_loop_.Advance(absl::Seconds(1));
  }
  EXPECT_THAT(first_.statuses, SizeIs(11));
  EXPECT_THAT(second_.statuses, SizeIs(3));
}

TEST_F(PredictionWatchTest, TreatsSlightlyEarlyPollResultAsDue) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  RunPending();
  event_loop_.Advance(absl::Milliseconds(300));
  CompletePoll("started");  // At 0.3 s.
  event_loop_.Advance(absl::Milliseconds(700));
  CompletePoll("started");  // At 1.0 s: 0.7 s after the first.
  EXPECT_THAT(first_.statuses, SizeIs(2));
}

TEST_F(PredictionWatchTest, NotifiesOfStatusChangeAtOnce) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  watch_.Subscribe(Every(absl::Minutes(1)), second_);
  RunPending();
  CompletePoll("pending");
  event_loop_.Advance(absl::Seconds(1));
  CompletePoll("started");
  EXPECT_THAT(second_.statuses, ElementsAre("pending", "started"));
}

TEST_F(PredictionWatchTest, OnlyChangesOmitsUnchangedStates) {
  watch_.Subscribe(OnlyChanges(), first_);
  RunPending();
  for (const int updated : {0, 0, 3, 3}) {
    CompletePoll("started", updated);
    event_loop_.Advance(absl::Seconds(1));
  }
  EXPECT_THAT(first_.snapshots, SizeIs(2));
}

TEST_F(PredictionWatchTest, UnsubscribeCancelsFirstNotification) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  RunPending();
  CompletePoll("started");
  watch_.Unsubscribe(watch_.Subscribe(Every(absl::Seconds(1)), second_));
  RunPending();
  EXPECT_THAT(second_.statuses, IsEmpty());
}

TEST_F(PredictionWatchTest, ObserverMayUnsubscribeItself) {
  uint64_t self = 0;
  first_.on_notified = [&] { watch_.Unsubscribe(self); };
  self = watch_.Subscribe(Every(absl::Seconds(1)), first_);
  watch_.Subscribe(Every(absl::Seconds(1)), second_);
  RunPending();
  CompletePoll("started");
  event_loop_.Advance(absl::Seconds(1));
  CompletePoll("succeeded");
  EXPECT_THAT(first_.statuses, ElementsAre("started"));
  EXPECT_THAT(second_.statuses, ElementsAre("started", "succeeded"));
}

TEST_F(PredictionWatchTest, ObserverMayUnsubscribeAnotherWaiter) {
  uint64_t other = 0;
  first_.on_notified = [&] { watch_.Unsubscribe(other); };
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  other = watch_.Subscribe(Every(absl::Seconds(1)), second_);
  RunPending();
  CompletePoll("started");
  EXPECT_THAT(second_.statuses, IsEmpty());
}

TEST_F(PredictionWatchTest, StateNeverGoesBackwards) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  RunPending();
  CompletePoll("started", 5);
  event_loop_.Advance(absl::Seconds(1));
  CompletePoll("pending", 9);
  event_loop_.Advance(absl::Seconds(1));
  CompletePoll("started", 4);
  EXPECT_THAT(first_.statuses, ElementsAre("started"));
  EXPECT_EQ(polls(), 3u);
}

TEST_F(PredictionWatchTest, UnknownStatusIsNotifiedAndNotTerminal) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  RunPending();
  CompletePoll("canceled");
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_EQ(polls(), 2u);
  EXPECT_THAT(first_.statuses, ElementsAre("canceled"));
}

TEST_F(PredictionWatchTest, SnapshotsHaveWallTimeOfObservation) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  RunPending();
  event_loop_.Advance(absl::Milliseconds(250));
  const absl::Time now = event_loop_.WallNow();
  CompletePoll("started");
  event_loop_.Advance(absl::Milliseconds(500));
  watch_.Subscribe(Every(absl::Seconds(1)), second_);
  RunPending();
  EXPECT_EQ(second_.snapshots[0]->observed_at, now);
  EXPECT_EQ(second_.snapshots[0]->source, v1::SOURCE_GET);
}

TEST_F(PredictionWatchTest, TimesOutOnlyTheWaiterWhoseTimeIsUp) {
  WatchOptions options = Every(absl::Seconds(1));
  options.end_at = event_loop_.Now() + absl::Seconds(5);
  watch_.Subscribe(options, first_);
  watch_.Subscribe(Every(absl::Seconds(1)), second_);
  RunPending();
  event_loop_.Advance(absl::Seconds(5));
  ASSERT_THAT(first_.errors, SizeIs(1));
  EXPECT_THAT(first_.errors[0],
              StatusIs(absl::StatusCode::kDeadlineExceeded,
                       "maximum wait time reached before prediction "
                       "c12258c4-ed83-4d7b-a784-8ed55412325a ended; wait for "
                       "it again"));
  EXPECT_THAT(second_.errors, IsEmpty());
  EXPECT_EQ(watch_.waiter_count(), 1u);
}

TEST_F(PredictionWatchTest, MaxStreamAgeEndsWaitWithRetryInfo) {
  WatchOptions options = Every(absl::Seconds(1));
  options.end_at = event_loop_.Now() + absl::Seconds(5);
  options.stream_age_limited = true;
  watch_.Subscribe(options, first_);
  RunPending();
  event_loop_.Advance(absl::Seconds(5));
  ASSERT_THAT(first_.errors, SizeIs(1));
  EXPECT_THAT(first_.errors[0],
              StatusIs(absl::StatusCode::kUnavailable,
                       "maximum stream age reached before prediction "
                       "c12258c4-ed83-4d7b-a784-8ed55412325a ended; wait for "
                       "it again"));
  EXPECT_EQ(RetryDelay(first_.errors[0]), absl::ZeroDuration());
}

TEST_F(PredictionWatchTest, UpdatesCarryIntervalInEffect) {
  watch_.Subscribe(Every(absl::Seconds(2)), first_);
  watch_.Subscribe(Every(absl::Milliseconds(500)), second_);
  RunPending();
  CompletePoll("started");
  EXPECT_THAT(first_.intervals, ElementsAre(absl::Seconds(2)));
  EXPECT_THAT(second_.intervals, ElementsAre(absl::Milliseconds(500)));
}

}  // namespace
}  // namespace wriftai
