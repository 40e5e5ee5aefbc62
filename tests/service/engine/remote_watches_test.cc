#include "service/engine/remote_watches.h"

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/engine/ownership_errors.h"
#include "tests/service/engine/shared_engine_fixture.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/status_matchers.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr absl::Duration kLook = RemoteWatches::kLookInterval;

// Another replica owns the credential.
class RemoteWatchesTest : public SharedEngineTest {
 protected:
  RemoteWatchesTest() { SetOwner(false, 2); }

  // A prediction that was created then.
  static v1::Prediction CreatedAt1000() {
    v1::Prediction prediction = MakePrediction(kId, "started", 1);
    prediction.mutable_created_at()->set_seconds(1000);
    return prediction;
  }

  // Many waits, for predictions of their own.
  void WaitForMany(size_t count) {
    for (size_t i = 0; i < count; ++i) {
      waiters_.emplace_back();
      waits_.push_back(*engine_->Wait(
          Context(), absl::StrFormat("c12258c4-ed83-4d7b-a784-%012d", i),
          WatchOptions(), waiters_.back()));
    }
  }

  Waiter waiter_;
  Waiter other_;
  std::deque<Waiter> waiters_;
  std::vector<std::unique_ptr<WaitHandle>> waits_;
};

TEST_F(RemoteWatchesTest, WaitIsHeldAtTheOwner) {
  const auto wait = Wait(waiter_, absl::Seconds(2));
  ASSERT_EQ(owner_waits_.started().size(), 1u);
  EXPECT_EQ(owner_waits_.started()[0].id, kId);
  EXPECT_EQ(owner_waits_.started()[0].interval, absl::Seconds(2));
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_THAT(transport_.sent(), IsEmpty());
}

TEST_F(RemoteWatchesTest, NextOwnerGetsTheCreationTime) {
  const auto wait = Wait(waiter_);
  EXPECT_EQ(owner_waits_.started()[0].created, absl::InfinitePast());
  owner_waits_.Update(0, CreatedAt1000(), v1::SOURCE_GET, 1001);
  SetOwner(false, 3);
  ASSERT_EQ(owner_waits_.started().size(), 2u);
  EXPECT_EQ(owner_waits_.started()[1].created, absl::FromUnixSeconds(1000));
}

TEST_F(RemoteWatchesTest, FormerOwnerPassesTheCreationTimeOn) {
  const auto wait = Wait(waiter_);
  owner_waits_.Update(0, CreatedAt1000(), v1::SOURCE_GET, 1001);
  SetOwner(true, 3);
  SetOwner(false, 4);
  ASSERT_EQ(owner_waits_.started().size(), 2u);
  EXPECT_EQ(owner_waits_.started()[1].created, absl::FromUnixSeconds(1000));
}

TEST_F(RemoteWatchesTest, UpdatesReachTheWaitersWithTheOwnersTimeAndSource) {
  const auto wait = Wait(waiter_);
  owner_waits_.Update(0, MakePrediction(kId, "pending"), v1::SOURCE_LIST, 1000);
  event_loop_.Advance(absl::Seconds(1));
  owner_waits_.Update(0, MakePrediction(kId, "started", 1), v1::SOURCE_GET,
                      1001);
  EXPECT_THAT(waiter_.updates, ElementsAre("pending SOURCE_LIST 1000",
                                           "started SOURCE_GET 1001"));
}

TEST_F(RemoteWatchesTest, LateUpdateDoesNotGoBack) {
  const auto wait = Wait(waiter_);
  owner_waits_.Update(0, MakePrediction(kId, "started", 5), v1::SOURCE_GET, 5);
  event_loop_.Advance(absl::Seconds(1));
  owner_waits_.Update(0, MakePrediction(kId, "pending"), v1::SOURCE_GET, 6);
  EXPECT_THAT(waiter_.updates, ElementsAre("started SOURCE_GET 5"));
}

TEST_F(RemoteWatchesTest, EndReachesAllWaitersAndEndsTheWait) {
  const auto a = Wait(waiter_);
  const auto b = Wait(other_);
  EXPECT_EQ(owner_waits_.started().size(), 1u);
  owner_waits_.Update(0, MakePrediction(kId, "succeeded", 1),
                      v1::SOURCE_WEBHOOK, 7);
  event_loop_.RunPosted();
  EXPECT_THAT(waiter_.updates, ElementsAre("succeeded SOURCE_WEBHOOK 7"));
  EXPECT_THAT(other_.updates, ElementsAre("succeeded SOURCE_WEBHOOK 7"));
  EXPECT_EQ(owner_waits_.open_count(), 0u);
}

TEST_F(RemoteWatchesTest, SharedWaitHasTheShortestInterval) {
  const auto a = Wait(waiter_, absl::Seconds(3));
  auto b = Wait(other_, absl::Seconds(1));
  ASSERT_EQ(owner_waits_.started().size(), 1u);
  EXPECT_EQ(owner_waits_.started()[0].interval, absl::Seconds(1));
  b.reset();
  EXPECT_EQ(owner_waits_.started()[0].interval, absl::Seconds(3));
  EXPECT_EQ(owner_waits_.open_count(), 1u);
}

TEST_F(RemoteWatchesTest, LastWaiterEndsTheWait) {
  auto wait = Wait(waiter_);
  wait.reset();
  EXPECT_EQ(owner_waits_.open_count(), 0u);
}

TEST_F(RemoteWatchesTest, WaitThatTheOwnerSendsBackIsStartedAgain) {
  const auto wait = Wait(waiter_);
  owner_waits_.End(0, NotOwnerError());
  event_loop_.RunPosted();
  EXPECT_EQ(owner_waits_.open_count(), 0u);
  event_loop_.Advance(kLook);
  EXPECT_EQ(owner_waits_.started().size(), 2u);
  EXPECT_EQ(waiter_.error, std::nullopt);
}

TEST_F(RemoteWatchesTest, ErrorOfTheOwnerEndsTheWaits) {
  const auto a = Wait(waiter_);
  const auto b = Wait(other_);
  owner_waits_.End(0, GatewayError(absl::StatusCode::kNotFound, v1::NOT_FOUND,
                                   "no such prediction"));
  event_loop_.Advance(absl::Seconds(1));
  ASSERT_TRUE(waiter_.error.has_value() && other_.error.has_value());
  EXPECT_THAT(*waiter_.error,
              StatusIs(absl::StatusCode::kNotFound, "no such prediction"));
  EXPECT_EQ(owner_waits_.started().size(), 1u);
}

TEST_F(RemoteWatchesTest, WithoutAnOwnerItLooksAgain) {
  owner_waits_.has_owner = false;
  const auto wait = Wait(waiter_);
  event_loop_.Advance(10 * kLook);
  EXPECT_EQ(owner_waits_.tries(), 11);
  EXPECT_EQ(ownership_.searches, 11);
  owner_waits_.has_owner = true;
  event_loop_.Advance(kLook);
  EXPECT_EQ(owner_waits_.open_count(), 1u);
}

TEST_F(RemoteWatchesTest, NewOwnerPollsHere) {
  const auto wait = Wait(waiter_);
  owner_waits_.Update(0, MakePrediction(kId, "pending"), v1::SOURCE_GET, 1);
  SetOwner(true, 3);
  EXPECT_EQ(owner_waits_.open_count(), 0u);
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_EQ(transport_.sent().size(), 1u);
  Respond("started");
  EXPECT_EQ(waiter_.updates.size(), 2u);
}

TEST_F(RemoteWatchesTest, FormerOwnerStopsPollingAndAsksTheNewOne) {
  SetOwner(true, 3);
  const auto wait = Wait(waiter_);
  ASSERT_EQ(transport_.sent().size(), 1u);
  Respond("pending");
  SetOwner(false, 4);
  EXPECT_EQ(owner_waits_.open_count(), 1u);
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_EQ(transport_.sent().size(), 1u);
}

TEST_F(RemoteWatchesTest, AnotherOwnerGetsTheWaitsOfTheFormer) {
  const auto wait = Wait(waiter_);
  SetOwner(false, 3);
  EXPECT_EQ(owner_waits_.started().size(), 2u);
  EXPECT_EQ(owner_waits_.open_count(), 1u);
}

TEST_F(RemoteWatchesTest, ChangeOfTheOwnerEndsTheSearchAtOnce) {
  owner_waits_.has_owner = false;
  const auto wait = Wait(waiter_);
  owner_waits_.has_owner = true;
  SetOwner(false, 3);
  EXPECT_EQ(owner_waits_.open_count(), 1u);
}

TEST_F(RemoteWatchesTest, NewsWithoutAChangeRestartNothing) {
  const auto wait = Wait(waiter_);
  SetOwner(false, 2);
  EXPECT_EQ(owner_waits_.started().size(), 1u);
}

TEST_F(RemoteWatchesTest, ForwardedWaitEndsWithTheTenureAndOwnOnesGoOn) {
  SetOwner(true, 3);
  const auto forwarded = Wait(waiter_, absl::Seconds(1), ForwardedContext());
  const auto own = Wait(other_, absl::Seconds(5));
  SetOwner(false, 4);
  ASSERT_TRUE(waiter_.error.has_value());
  EXPECT_EQ(ReasonOf(*waiter_.error), v1::NOT_OWNER);
  EXPECT_EQ(other_.error, std::nullopt);
  ASSERT_EQ(owner_waits_.open_count(), 1u);
  // The forwarded wait's demand does not go further.
  EXPECT_EQ(owner_waits_.started()[0].interval, absl::Seconds(5));
}

TEST_F(RemoteWatchesTest, ForwardedWaitThatHasEndedIsNotEndedAgain) {
  SetOwner(true, 3);
  const auto forwarded = Wait(waiter_, absl::Seconds(1), ForwardedContext());
  Respond("succeeded");
  EXPECT_EQ(waiter_.updates.size(), 1u);
  SetOwner(false, 4);
  EXPECT_EQ(waiter_.error, std::nullopt);
}

TEST_F(RemoteWatchesTest, StoppedForwardedWaitIsNotEnded) {
  SetOwner(true, 3);
  const auto forwarded = Wait(waiter_, absl::Seconds(1), ForwardedContext());
  forwarded->Stop();
  SetOwner(false, 4);
  EXPECT_EQ(waiter_.error, std::nullopt);
}

TEST_F(RemoteWatchesTest, CredentialWithWaitsStaysInUse) {
  auto wait = Wait(waiter_);
  const int uses = ownership_.uses;
  event_loop_.Advance(3 * RemoteWatches::kUseInterval);
  EXPECT_EQ(ownership_.uses, uses + 3);
  wait.reset();
  event_loop_.Advance(absl::Hours(1));
  const int later = ownership_.uses;
  event_loop_.Advance(absl::Hours(1));
  EXPECT_EQ(ownership_.uses, later);
}

TEST_F(RemoteWatchesTest, ManyWaitsStartInBatches) {
  WaitForMany(3 * RemoteWatches::kStartBatch);
  EXPECT_EQ(owner_waits_.tries(), 0);
  event_loop_.RunPosted();
  EXPECT_EQ(owner_waits_.open_count(), 3 * RemoteWatches::kStartBatch);
}

TEST_F(RemoteWatchesTest, UnreachableOwnerIsTriedByOneBatchAtATime) {
  WaitForMany(3 * RemoteWatches::kStartBatch);
  event_loop_.RunPosted();
  const int started = owner_waits_.tries();
  const auto batch = static_cast<int>(RemoteWatches::kStartBatch);
  for (int i = 0; i < started; ++i) {
    owner_waits_.End(i, OwnerUnavailable("refused"));
  }
  event_loop_.Advance(kLook);
  EXPECT_EQ(owner_waits_.tries(), started + batch);
  for (int i = started; i < started + batch; ++i) {
    owner_waits_.End(i, OwnerUnavailable("refused"));
  }
  event_loop_.Advance(kLook);
  EXPECT_EQ(owner_waits_.tries(), started + 2 * batch);
  // It responds again.
  owner_waits_.Update(
      started + batch,
      MakePrediction(owner_waits_.started()[started + batch].id, "pending"),
      v1::SOURCE_GET, 1);
  event_loop_.Advance(kLook);
  EXPECT_EQ(owner_waits_.open_count(), 3 * RemoteWatches::kStartBatch);
}

TEST_F(RemoteWatchesTest, TooManyCredentialsRejectTheWait) {
  ownership_.use_status = OwnerUnavailable("too many");
  const auto wait = engine_->Wait(Context(), kId, WatchOptions(), waiter_);
  EXPECT_EQ(ReasonOf(wait.status()), v1::OWNER_UNAVAILABLE);
}

TEST_F(RemoteWatchesTest, RejectedTokenDropsCachedStates) {
  Get(Context());
  owner_calls_.Complete(0, MakePrediction(kOtherId, "succeeded"));
  const auto wait = Wait(waiter_);
  owner_waits_.End(0, GatewayError(absl::StatusCode::kUnauthenticated,
                                   v1::TOKEN_REFUSED, "rejected"));
  ASSERT_TRUE(waiter_.error.has_value());
  EXPECT_EQ(engine_->Numbers().cache_size, 0u);
}

}  // namespace
}  // namespace wriftai
