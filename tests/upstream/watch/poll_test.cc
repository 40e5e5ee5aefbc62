#include <algorithm>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/recording_observer.h"
#include "tests/upstream/watch/one_watch.h"
#include "upstream/error_details.h"
#include "upstream/watch/credential_watches.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kId[] = "c12258c4-ed83-4d7b-a784-8ed55412325a";

using PollTest = OneWatchTest;

TEST_F(PollTest, PollsAtOnceForTheFirstWaiter) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  Settle();
  ASSERT_THAT(client_.calls(), SizeIs(1));
  EXPECT_EQ(client_.calls()[0].operation, "get");
  EXPECT_EQ(client_.calls()[0].id, kId);
  EXPECT_EQ(client_.calls()[0].context.credential->token().Reveal(), "token");
  EXPECT_FALSE(client_.calls()[0].context.retry_reads);
}

TEST_F(PollTest, PollsAnIntervalAfterTheLastPollBegan) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  Settle();
  event_loop_.Advance(absl::Milliseconds(400));
  Polled("pending");
  event_loop_.Advance(absl::Milliseconds(599));
  EXPECT_EQ(polls(), 1u);
  event_loop_.Advance(absl::Milliseconds(1));
  EXPECT_EQ(polls(), 2u);
}

TEST_F(PollTest, NeverHasTwoPollsUnderWay) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  Settle();
  event_loop_.Advance(absl::Seconds(10));
  watch_.Subscribe(Every(absl::Milliseconds(100)), second_);
  event_loop_.Advance(absl::Seconds(10));
  EXPECT_EQ(polls(), 1u);
}

TEST_F(PollTest, AnEagerNewcomerMakesThePollsFaster) {
  watch_.Subscribe(Every(absl::Seconds(10)), first_);
  Settle();
  Polled("started");
  event_loop_.Advance(absl::Seconds(3));
  watch_.Subscribe(Every(absl::Seconds(1)), second_);
  Settle();
  EXPECT_EQ(polls(), 2u) << "its interval since the last poll is over";
}

TEST_F(PollTest, ALeavingEagerWaiterMakesThePollsSlower) {
  const uint64_t eager = watch_.Subscribe(Every(absl::Seconds(1)), first_);
  watch_.Subscribe(Every(absl::Seconds(10)), second_);
  Settle();
  Polled("started");
  event_loop_.Advance(absl::Seconds(1));
  Polled("started");
  watch_.Unsubscribe(eager);
  event_loop_.Advance(absl::Milliseconds(9900));
  EXPECT_EQ(polls(), 2u);
  event_loop_.Advance(absl::Milliseconds(100));
  EXPECT_EQ(polls(), 3u);
}

TEST_F(PollTest, LastLeaverEndsThePoll) {
  const uint64_t one = watch_.Subscribe(Every(absl::Seconds(1)), first_);
  const uint64_t two = watch_.Subscribe(Every(absl::Seconds(1)), second_);
  Settle();
  watch_.Unsubscribe(one);
  EXPECT_EQ(client_.pending_count(), 1u);
  watch_.Unsubscribe(two);
  EXPECT_EQ(client_.pending_count(), 0u);
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_EQ(polls(), 1u);
}

TEST_F(PollTest, AnObservationCountsAsThePollThatItReplaces) {
  watch_.Apply(MakePrediction(kId, "pending"), v1::SOURCE_CREATE);
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  Settle();
  EXPECT_EQ(polls(), 0u);
  ASSERT_THAT(first_.snapshots, SizeIs(1));
  EXPECT_EQ(first_.snapshots[0]->source, v1::SOURCE_CREATE);
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_EQ(polls(), 1u);
}

TEST_F(PollTest, FailuresThatMayPassOnlyLengthenTheDelay) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  Settle();
  for (int failures = 1; failures <= 12; ++failures) {
    PollFails(absl::UnavailableError("down"));
    const absl::Time failed_at = event_loop_.Now();
    ASSERT_TRUE(event_loop_.AdvanceToNextTimer());
    const absl::Duration delay = event_loop_.Now() - failed_at;
    const absl::Duration whole =
        std::min(absl::Seconds(1 << (failures - 1)), kMaxPollDelay);
    EXPECT_GE(delay, whole / 2);
    EXPECT_LE(delay, whole);
  }
  EXPECT_THAT(first_.errors, IsEmpty());
  Polled("started");
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_EQ(polls(), 14u) << "back to the interval after a success";
}

TEST_F(PollTest, ALimitPausesPollsUntilItsReset) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  Settle();
  absl::Status limited = absl::ResourceExhaustedError("429");
  SetRetryDelay(absl::Seconds(20), limited);
  PollFails(limited);
  event_loop_.Advance(absl::Seconds(19));
  EXPECT_EQ(polls(), 1u);
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_EQ(polls(), 2u);
}

TEST_F(PollTest, ANewcomerDoesNotCutABackoffShort) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  Settle();
  absl::Status limited = absl::ResourceExhaustedError("429");
  SetRetryDelay(absl::Seconds(20), limited);
  PollFails(limited);
  watch_.Subscribe(Every(absl::Milliseconds(100)), second_);
  event_loop_.Advance(absl::Seconds(19));
  EXPECT_EQ(polls(), 1u);
}

TEST_F(PollTest, ABrokenResponseMayPass) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  Settle();
  PollFails(GatewayError(absl::StatusCode::kInternal, kUpstreamResponseInvalid,
                         "no JSON"));
  EXPECT_THAT(first_.errors, IsEmpty());
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_EQ(polls(), 2u);
}

TEST_F(PollTest, PermanentFailuresEndTheWaitOfAll) {
  for (const absl::Status& status :
       {absl::UnauthenticatedError("401"), absl::PermissionDeniedError("403"),
        absl::NotFoundError("404"), absl::InvalidArgumentError("422")}) {
    RecordingObserver one, two;
    watch_.Subscribe(Every(absl::Seconds(1)), one);
    watch_.Subscribe(Every(absl::Seconds(5)), two);
    Settle();
    PollFails(status);
    EXPECT_THAT(one.errors, ElementsAre(status));
    EXPECT_THAT(two.errors, ElementsAre(status));
    EXPECT_TRUE(watch_.idle());
    EXPECT_EQ(client_.pending_count(), 0u);
    // A refused token is not tried again at once.
    event_loop_.Advance(RejectedTokenCache::kBelievedFor);
  }
}

TEST_F(PollTest, AReplyThatIsTooLargeEndsTheWait) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  Settle();
  absl::Status too_large = GatewayError(absl::StatusCode::kInternal,
                                        kUpstreamResponseInvalid, "too large");
  SetMetadata(kCauseKey, kCauseTooLarge, too_large);
  PollFails(too_large);
  EXPECT_THAT(first_.errors, ElementsAre(too_large));
}

TEST_F(PollTest, AfterAFailureANewWaiterPollsAtOnce) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  Settle();
  PollFails(absl::NotFoundError("not yet replicated"));
  watch_.Subscribe(Every(absl::Seconds(1)), second_);
  Settle();
  EXPECT_EQ(polls(), 2u);
}

TEST_F(PollTest, AnEndThatAPageShowsIsFetchedAtOnce) {
  watch_.Subscribe(Every(absl::Seconds(10)), first_);
  Settle();
  Polled("started");
  watch_.Apply(MakePrediction(kId, "succeeded"), v1::SOURCE_LIST);
  Settle();
  EXPECT_EQ(polls(), 2u);
  EXPECT_THAT(first_.statuses, ElementsAre("started"));
  Polled("succeeded");
  EXPECT_THAT(first_.statuses, ElementsAre("started", "succeeded"));
}

TEST_F(PollTest, AnEndThatAGetDoesNotShowYetIsNotAskedForWithoutPause) {
  watch_.Subscribe(Every(absl::Seconds(10)), first_);
  Settle();
  Polled("started");
  watch_.Apply(MakePrediction(kId, "succeeded"), v1::SOURCE_LIST);
  Settle();
  Polled("started");
  event_loop_.Advance(absl::Seconds(9));
  EXPECT_EQ(polls(), 2u);
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_EQ(polls(), 3u);
}

TEST_F(PollTest, TheLastToLosePatienceEndsThePoll) {
  WatchOptions impatient = Every(absl::Seconds(1));
  impatient.end_at = event_loop_.Now() + absl::Seconds(5);
  const uint64_t waiter = watch_.Subscribe(impatient, first_);
  first_.on_notified = [&] { watch_.Unsubscribe(waiter); };
  Settle();
  event_loop_.Advance(absl::Seconds(5));
  EXPECT_EQ(client_.pending_count(), 0u);
}

}  // namespace
}  // namespace wriftai
