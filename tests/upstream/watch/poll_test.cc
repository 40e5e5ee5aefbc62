#include <algorithm>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/recording_observer.h"
#include "tests/upstream/watch/one_watch.h"
#include "upstream/error_details.h"
#include "upstream/watch/poll_circuit_breaker.h"
#include "upstream/watch/recent_creates.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kId[] = "c12258c4-ed83-4d7b-a784-8ed55412325a";

using PollTest = OneWatchTest;

TEST_F(PollTest, PollsAtOnceForFirstWaiter) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  RunPending();
  ASSERT_THAT(client_.calls(), SizeIs(1));
  EXPECT_EQ(client_.calls()[0].operation, "get");
  EXPECT_EQ(client_.calls()[0].id, kId);
  EXPECT_EQ(client_.calls()[0].context.credential->token().Reveal(), "token");
  EXPECT_FALSE(client_.calls()[0].context.retry_reads);
}

TEST_F(PollTest, PollsOneIntervalAfterLastPollStarted) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  RunPending();
  event_loop_.Advance(absl::Milliseconds(400));
  CompletePoll("pending");
  event_loop_.Advance(absl::Milliseconds(599));
  EXPECT_EQ(polls(), 1u);
  event_loop_.Advance(absl::Milliseconds(1));
  EXPECT_EQ(polls(), 2u);
}

TEST_F(PollTest, NeverHasTwoPollsInFlight) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  RunPending();
  event_loop_.Advance(absl::Seconds(10));
  watch_.Subscribe(Every(absl::Milliseconds(100)), second_);
  event_loop_.Advance(absl::Seconds(10));
  EXPECT_EQ(polls(), 1u);
}

TEST_F(PollTest, ShorterIntervalOfNewWaiterSpeedsUpPolls) {
  watch_.Subscribe(Every(absl::Seconds(10)), first_);
  RunPending();
  CompletePoll("started");
  event_loop_.Advance(absl::Seconds(3));
  watch_.Subscribe(Every(absl::Seconds(1)), second_);
  RunPending();
  EXPECT_EQ(polls(), 2u) << "its interval has passed since the last poll";
}

TEST_F(PollTest, SlowsDownWhenWaiterWithShortestIntervalLeaves) {
  const uint64_t frequent = watch_.Subscribe(Every(absl::Seconds(1)), first_);
  watch_.Subscribe(Every(absl::Seconds(10)), second_);
  RunPending();
  CompletePoll("started");
  event_loop_.Advance(absl::Seconds(1));
  CompletePoll("started");
  watch_.Unsubscribe(frequent);
  event_loop_.Advance(absl::Milliseconds(9900));
  EXPECT_EQ(polls(), 2u);
  event_loop_.Advance(absl::Milliseconds(100));
  EXPECT_EQ(polls(), 3u);
}

TEST_F(PollTest, CancelsPollWhenLastWaiterLeaves) {
  const uint64_t one = watch_.Subscribe(Every(absl::Seconds(1)), first_);
  const uint64_t two = watch_.Subscribe(Every(absl::Seconds(1)), second_);
  RunPending();
  watch_.Unsubscribe(one);
  EXPECT_EQ(client_.pending_count(), 1u);
  watch_.Unsubscribe(two);
  EXPECT_EQ(client_.pending_count(), 0u);
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_EQ(polls(), 1u);
}

TEST_F(PollTest, ObservationReplacesNextPoll) {
  watch_.Apply(MakePrediction(kId, "pending"), v1::SOURCE_CREATE);
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  RunPending();
  EXPECT_EQ(polls(), 0u);
  ASSERT_THAT(first_.snapshots, SizeIs(1));
  EXPECT_EQ(first_.snapshots[0]->source, v1::SOURCE_CREATE);
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_EQ(polls(), 1u);
}

TEST_F(PollTest, TransientFailuresOnlyBackOff) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  RunPending();
  for (int failures = 1; failures <= 12; ++failures) {
    FailPoll(absl::UnavailableError("down"));
    const absl::Time failed_at = event_loop_.Now();
    ASSERT_TRUE(event_loop_.AdvanceToNextTimer());
    const absl::Duration delay = event_loop_.Now() - failed_at;
    const absl::Duration whole =
        std::min(absl::Seconds(1 << (failures - 1)), kMaxPollDelay);
    EXPECT_GE(delay, whole / 2);
    EXPECT_LE(delay, whole);
  }
  EXPECT_THAT(first_.errors, IsEmpty());
  CompletePoll("started");
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_EQ(polls(), 14u) << "back to the interval after a success";
}

TEST_F(PollTest, BackoffIsNotShorterThanHalfALongInterval) {
  watch_.Subscribe(Every(absl::Minutes(2)), first_);
  RunPending();
  FailPoll(absl::UnavailableError("down"));
  event_loop_.Advance(absl::Minutes(1) - absl::Milliseconds(1));
  EXPECT_EQ(polls(), 1u);
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_EQ(polls(), 2u);
}

// The poll was sent while the upstream might not have known it yet.
TEST_F(PollTest, LateNotFoundOfAPollDuringTheGracePeriodEndsNoWait) {
  watch_.Apply(MakePrediction(OneWatch::kId, "pending"), v1::SOURCE_CREATE);
  watch_.Subscribe(Every(RecentCreates::kGrace - absl::Seconds(1)), first_);
  event_loop_.Advance(RecentCreates::kGrace - absl::Seconds(1));
  ASSERT_EQ(polls(), 1u);
  event_loop_.Advance(absl::Seconds(2));
  FailPoll(absl::NotFoundError("404"));
  EXPECT_THAT(first_.errors, IsEmpty());
  ASSERT_EQ(polls(), 2u) << "checks at once";
  FailPoll(absl::NotFoundError("404"));
  EXPECT_THAT(first_.errors, SizeIs(1));
}

TEST_F(PollTest, RateLimitPausesPollsUntilReset) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  RunPending();
  absl::Status limited = absl::ResourceExhaustedError("429");
  SetRetryDelay(absl::Seconds(20), limited);
  FailPoll(limited);
  event_loop_.Advance(absl::Seconds(19));
  EXPECT_EQ(polls(), 1u);
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_EQ(polls(), 2u);
}

TEST_F(PollTest, NewWaiterDoesNotShortenBackoff) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  RunPending();
  absl::Status limited = absl::ResourceExhaustedError("429");
  SetRetryDelay(absl::Seconds(20), limited);
  FailPoll(limited);
  watch_.Subscribe(Every(absl::Milliseconds(100)), second_);
  event_loop_.Advance(absl::Seconds(19));
  EXPECT_EQ(polls(), 1u);
}

TEST_F(PollTest, InvalidResponseIsTransient) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  RunPending();
  FailPoll(GatewayError(absl::StatusCode::kInternal,
                        v1::UPSTREAM_RESPONSE_INVALID, "not JSON"));
  EXPECT_THAT(first_.errors, IsEmpty());
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_EQ(polls(), 2u);
}

TEST_F(PollTest, PermanentFailuresEndAllWaits) {
  for (const absl::Status& status :
       {absl::UnauthenticatedError("401"), absl::PermissionDeniedError("403"),
        absl::NotFoundError("404"), absl::InvalidArgumentError("422")}) {
    RecordingObserver one, two;
    watch_.Subscribe(Every(absl::Seconds(1)), one);
    watch_.Subscribe(Every(absl::Seconds(5)), two);
    RunPending();
    FailPoll(status);
    EXPECT_THAT(one.errors, ElementsAre(status));
    EXPECT_THAT(two.errors, ElementsAre(status));
    EXPECT_TRUE(watch_.idle());
    EXPECT_EQ(client_.pending_count(), 0u);
    // A rejected token is not retried at once.
    event_loop_.Advance(RejectedTokenCache::kTtl);
  }
}

TEST_F(PollTest, TooLargeResponseEndsWait) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  RunPending();
  absl::Status too_large = GatewayError(
      absl::StatusCode::kInternal, v1::UPSTREAM_RESPONSE_INVALID, "too large");
  SetMetadata(kCauseKey, kCauseTooLarge, too_large);
  FailPoll(too_large);
  EXPECT_THAT(first_.errors, ElementsAre(too_large));
}

TEST_F(PollTest, NewWaiterAfterFailurePollsAtOnce) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  RunPending();
  FailPoll(absl::NotFoundError("not yet replicated"));
  watch_.Subscribe(Every(absl::Seconds(1)), second_);
  RunPending();
  EXPECT_EQ(polls(), 2u);
}

TEST_F(PollTest, FetchesOutputAtOnceWhenPageShowsEnd) {
  watch_.Subscribe(Every(absl::Seconds(10)), first_);
  RunPending();
  CompletePoll("started");
  watch_.Apply(MakePrediction(kId, "succeeded"), v1::SOURCE_LIST);
  RunPending();
  EXPECT_EQ(polls(), 2u);
  EXPECT_THAT(first_.statuses, ElementsAre("started"));
  CompletePoll("succeeded");
  EXPECT_THAT(first_.statuses, ElementsAre("started", "succeeded"));
}

TEST_F(PollTest, KeepsIntervalWhileGetDoesNotShowEndYet) {
  watch_.Subscribe(Every(absl::Seconds(10)), first_);
  RunPending();
  CompletePoll("started");
  watch_.Apply(MakePrediction(kId, "succeeded"), v1::SOURCE_LIST);
  RunPending();
  CompletePoll("started");
  event_loop_.Advance(absl::Seconds(9));
  EXPECT_EQ(polls(), 2u);
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_EQ(polls(), 3u);
}

TEST_F(PollTest, CancelsPollWhenLastWaitTimesOut) {
  WatchOptions options = Every(absl::Seconds(1));
  options.end_at = event_loop_.Now() + absl::Seconds(5);
  const uint64_t waiter = watch_.Subscribe(options, first_);
  first_.on_notified = [&] { watch_.Unsubscribe(waiter); };
  RunPending();
  event_loop_.Advance(absl::Seconds(5));
  EXPECT_EQ(client_.pending_count(), 0u);
}

}  // namespace
}  // namespace wriftai
