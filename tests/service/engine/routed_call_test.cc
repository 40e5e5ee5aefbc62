#include "service/engine/routed_call.h"

#include <string>

#include "absl/status/status.h"
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

constexpr char kRequestId[] = "0d6a5c2e-63a5-4b0e-9f0b-6a3c5c1d2e3f";
constexpr absl::Duration kLook = RoutedCallBase::kLookInterval;

class RoutedCallTest : public SharedEngineTest {};

TEST_F(RoutedCallTest, CallOfAnOwnedCredentialRunsHere) {
  Get(Context());
  EXPECT_EQ(ownership_.uses, 1);
  EXPECT_EQ(transport_.sent().size(), 1u);
  EXPECT_THAT(owner_calls_.calls(), IsEmpty());
  Respond("started");
  ASSERT_THAT(GotStatus(), IsOk());
  EXPECT_EQ((**got_)->prediction.status_text(), "started");
}

TEST_F(RoutedCallTest, CallOfAnotherOwnersCredentialIsForwarded) {
  SetOwner(false, 2);
  Get(Context(absl::Seconds(9)));
  EXPECT_THAT(transport_.sent(), IsEmpty());
  ASSERT_EQ(owner_calls_.calls().size(), 1u);
  EXPECT_EQ(owner_calls_.calls()[0].operation, "get");
  EXPECT_EQ(owner_calls_.calls()[0].id, kId);
  EXPECT_EQ(owner_calls_.calls()[0].context.deadline,
            event_loop_.Now() + absl::Seconds(9));
  owner_calls_.Complete(0, MakePrediction(kId, "started"));
  ASSERT_THAT(GotStatus(), IsOk());
  EXPECT_EQ((**got_)->prediction.status_text(), "started");
}

TEST_F(RoutedCallTest, EndedPredictionIsCachedWhoeverOwnsIt) {
  SetOwner(false, 2);
  Get(Context());
  owner_calls_.Complete(0, MakePrediction(kId, "succeeded"));
  Get(Context());
  ASSERT_THAT(GotStatus(), IsOk());
  EXPECT_EQ(owner_calls_.calls().size(), 1u);
}

TEST_F(RoutedCallTest, ErrorOfTheOwnerEndsTheCall) {
  SetOwner(false, 2);
  Get(Context());
  owner_calls_.Complete(0, GatewayError(absl::StatusCode::kNotFound,
                                        v1::NOT_FOUND, "no such prediction"));
  EXPECT_THAT(GotStatus(),
              StatusIs(absl::StatusCode::kNotFound, "no such prediction"));
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_EQ(owner_calls_.calls().size(), 1u);
  EXPECT_EQ(ownership_.searches, 0);
}

TEST_F(RoutedCallTest, ReadIsRepeatedForTwoSecondsWhileTheLinkIsBroken) {
  SetOwner(false, 2);
  Get(Context());
  const absl::Time start = event_loop_.Now();
  size_t attempts = 0;
  while (!got_.has_value()) {
    owner_calls_.Complete(attempts++, OwnerUnavailable("no path"));
    event_loop_.Advance(kLook);
  }
  EXPECT_EQ(ReasonOf(GotStatus()), v1::OWNER_UNAVAILABLE);
  EXPECT_EQ(GotStatus().message(), "no path");
  EXPECT_EQ(attempts, 20u);
  EXPECT_EQ(ownership_.searches, 19);
  EXPECT_EQ(event_loop_.Now() - start, RoutedCallBase::kMaxBrokenLink);
}

TEST_F(RoutedCallTest, ReadWhoseLinkBreaksLateIsRepeated) {
  SetOwner(false, 2);
  Get(Context());
  event_loop_.Advance(absl::Minutes(1));
  owner_calls_.Complete(0, OwnerUnavailable("no path"));
  event_loop_.Advance(kLook);
  EXPECT_EQ(owner_calls_.calls().size(), 2u);
}

TEST_F(RoutedCallTest, RepeatedReadEndsBeforeTheDeadline) {
  SetOwner(false, 2);
  Get(Context(2 * kLook));
  owner_calls_.Complete(0, OwnerUnavailable("no path"));
  event_loop_.Advance(kLook);
  EXPECT_FALSE(got_.has_value());
  owner_calls_.Complete(1, OwnerUnavailable("still no path"));
  EXPECT_THAT(GotStatus(),
              StatusIs(absl::StatusCode::kUnavailable, "still no path"));
}

// Between the attempts, the replica that is asked is there again.
TEST_F(RoutedCallTest, NotOwnerAfterABrokenLinkBeginsAnotherTwoSeconds) {
  SetOwner(false, 2);
  Get(Context());
  owner_calls_.Complete(0, OwnerUnavailable("no path"));
  event_loop_.Advance(kLook);
  owner_calls_.Complete(1, NotOwnerError());
  event_loop_.Advance(RoutedCallBase::kMaxBrokenLink);
  owner_calls_.Complete(2, OwnerUnavailable("no path"));
  event_loop_.Advance(kLook);
  EXPECT_EQ(owner_calls_.calls().size(), 4u);
}

TEST_F(RoutedCallTest, CancelIsNotRepeated) {
  SetOwner(false, 2);
  absl::Status cancelled;
  const CallHandle cancel = engine_->Cancel(
      Context(), kId, [&](const absl::Status& status) { cancelled = status; });
  owner_calls_.Complete(0, OwnerUnavailable("no path"));
  EXPECT_EQ(ReasonOf(cancelled), v1::OWNER_UNAVAILABLE);
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_EQ(owner_calls_.calls().size(), 1u);
}

TEST_F(RoutedCallTest, CreateThatWasNotSentIsRepeated) {
  SetOwner(false, 2);
  Create("");
  owner_calls_.Complete(0, OwnerUnavailable("no path"));
  event_loop_.Advance(kLook);
  ASSERT_EQ(owner_calls_.calls().size(), 2u);
  owner_calls_.Complete(1, MakePrediction(kId, "pending"));
  EXPECT_THAT(GotStatus(), IsOk());
}

TEST_F(RoutedCallTest, CreateUnderARequestIdIsRepeatedWhenTheLinkBreaks) {
  SetOwner(false, 2);
  Create(kRequestId);
  owner_calls_.Complete(0, OwnerUnavailable("no path"));
  event_loop_.Advance(kLook);
  ASSERT_EQ(owner_calls_.calls().size(), 2u);
  EXPECT_EQ(owner_calls_.calls()[1].id, kRequestId);
}

TEST_F(RoutedCallTest, LooksAgainWhileTheReplicaIsNotTheOwner) {
  SetOwner(false, 2);
  Get(Context());
  owner_calls_.Complete(0, NotOwnerError());
  event_loop_.RunPosted();
  EXPECT_EQ(owner_calls_.calls().size(), 1u);
  EXPECT_EQ(ownership_.searches, 1);
  event_loop_.Advance(kLook);
  EXPECT_EQ(owner_calls_.calls().size(), 2u);
}

TEST_F(RoutedCallTest, ChangeOfTheOwnerEndsTheSearchAtOnce) {
  SetOwner(false, 2);
  Get(Context());
  owner_calls_.Complete(0, NotOwnerError());
  SetOwner(false, 3);
  ASSERT_EQ(owner_calls_.calls().size(), 2u);
  // It searches no more.
  event_loop_.Advance(kLook);
  SetOwner(false, 4);
  EXPECT_EQ(owner_calls_.calls().size(), 2u);
  owner_calls_.Complete(1, MakePrediction(kId, "started"));
  EXPECT_THAT(GotStatus(), IsOk());
}

TEST_F(RoutedCallTest, CallRunsHereAtOnceWhenItsClaimSucceeds) {
  SetOwner(false, 0);
  Get(Context());
  owner_calls_.Complete(0, NotOwnerError());
  SetOwner(true, 3);
  EXPECT_EQ(transport_.sent().size(), 1u);
}

TEST_F(RoutedCallTest, CallThatIsNotGrantedMovesToTheNewOwner) {
  ownership_.certain = false;
  Get(Context());
  EXPECT_FALSE(got_.has_value());
  SetOwner(false, 2);
  EXPECT_EQ(owner_calls_.calls().size(), 1u);
  EXPECT_THAT(transport_.sent(), IsEmpty());
}

TEST_F(RoutedCallTest, CallRunsHereOnceTheTenureIsCertainAgain) {
  ownership_.certain = false;
  Get(Context());
  event_loop_.Advance(5 * kLook);
  EXPECT_THAT(transport_.sent(), IsEmpty());
  ownership_.certain = true;
  event_loop_.Advance(kLook);
  EXPECT_EQ(transport_.sent().size(), 1u);
}

TEST_F(RoutedCallTest, CallRunsHereAtOnceIfThisReplicaHasBecomeTheOwner) {
  SetOwner(false, 2);
  Get(Context());
  SetOwner(true, 3);
  owner_calls_.Complete(0, NotOwnerError());
  event_loop_.RunPosted();
  EXPECT_EQ(transport_.sent().size(), 1u);
}

TEST_F(RoutedCallTest, SearchEndsAfterHalfAMinute) {
  ownership_.certain = false;
  Get(Context());
  event_loop_.Advance(RoutedCallBase::kMaxSearch - kLook -
                      absl::Milliseconds(1));
  EXPECT_FALSE(got_.has_value());
  event_loop_.Advance(absl::Milliseconds(1));
  EXPECT_THAT(GotStatus(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(ReasonOf(GotStatus()), v1::OWNER_UNAVAILABLE);
}

TEST_F(RoutedCallTest, SearchEndsJustBeforeTheCallersDeadline) {
  ownership_.certain = false;
  Get(Context(absl::Seconds(1)));
  event_loop_.Advance(absl::Milliseconds(899));
  EXPECT_FALSE(got_.has_value());
  event_loop_.Advance(absl::Milliseconds(1));
  EXPECT_TRUE(got_.has_value());
}

TEST_F(RoutedCallTest, ForwardedCallGoesNoFurther) {
  SetOwner(false, 2);
  Get(ForwardedContext());
  EXPECT_THAT(owner_calls_.calls(), IsEmpty());
  EXPECT_THAT(transport_.sent(), IsEmpty());
  EXPECT_EQ(ReasonOf(GotStatus()), v1::NOT_OWNER);
}

TEST_F(RoutedCallTest, ForwardedCallThatIsNotGrantedIsSentBackAtOnce) {
  ownership_.certain = false;
  Get(ForwardedContext());
  EXPECT_EQ(ReasonOf(GotStatus()), v1::NOT_OWNER);
}

TEST_F(RoutedCallTest, DroppedCallIsDroppedAtTheOwner) {
  SetOwner(false, 2);
  Get(Context());
  ASSERT_TRUE(owner_calls_.pending(0));
  call_.reset();
  EXPECT_FALSE(owner_calls_.pending(0));
}

TEST_F(RoutedCallTest, DroppedCallSearchesNoMore) {
  ownership_.certain = false;
  Get(Context());
  call_.reset();
  ownership_.certain = true;
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_THAT(transport_.sent(), IsEmpty());
  EXPECT_FALSE(got_.has_value());
}

TEST_F(RoutedCallTest, TooManyCredentialsEndTheCall) {
  ownership_.use_status = OwnerUnavailable("too many");
  Get(Context());
  EXPECT_EQ(ReasonOf(GotStatus()), v1::OWNER_UNAVAILABLE);
  EXPECT_THAT(transport_.sent(), IsEmpty());
}

TEST_F(RoutedCallTest, ListAndCancelAreForwarded) {
  SetOwner(false, 2);
  bool listed = false;
  const CallHandle list = engine_->List(
      Context(), ListParams(),
      [&](const absl::StatusOr<PredictionPage>& page) { listed = page.ok(); });
  absl::Status cancelled = absl::UnknownError("");
  const CallHandle cancel = engine_->Cancel(
      Context(), kId, [&](const absl::Status& status) { cancelled = status; });
  ASSERT_EQ(owner_calls_.calls().size(), 2u);
  EXPECT_EQ(owner_calls_.calls()[0].operation, "list");
  EXPECT_EQ(owner_calls_.calls()[1].operation, "cancel");
  owner_calls_.Complete(0, PredictionPage());
  owner_calls_.Complete(1, absl::OkStatus());
  EXPECT_TRUE(listed);
  EXPECT_THAT(cancelled, IsOk());
}

TEST_F(RoutedCallTest, CreateWithUnknownOutcomeIsNotRepeated) {
  SetOwner(false, 2);
  Create("");
  owner_calls_.Complete(0, ForwardedCreateUnknown("connection lost"));
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_EQ(owner_calls_.calls().size(), 1u);
  EXPECT_THAT(transport_.sent(), IsEmpty());
  EXPECT_THAT(GotStatus(), StatusIs(absl::StatusCode::kUnknown));
  EXPECT_EQ(ReasonOf(GotStatus()), v1::CREATE_OUTCOME_UNKNOWN);
}

TEST_F(RoutedCallTest, ForwardedCreateIsShownToWaitersHere) {
  SetOwner(false, 2);
  Waiter waiter;
  const auto wait = Wait(waiter);
  Create(kRequestId);
  ASSERT_EQ(owner_calls_.calls().size(), 1u);
  EXPECT_EQ(owner_calls_.calls()[0].id, kRequestId);
  EXPECT_EQ(owner_calls_.calls()[0].create.input_json, "1");
  owner_calls_.Complete(0, MakePrediction(kId, "pending"));
  event_loop_.RunPosted();
  EXPECT_EQ(waiter.updates.size(), 1u);
  ASSERT_THAT(GotStatus(), IsOk());
}

TEST_F(RoutedCallTest, CreateWithRequestIdIsRecordedBeforeItIsSent) {
  Create(kRequestId);
  EXPECT_THAT(records_.log, ElementsAre(std::string("begin ") + kRequestId));
  EXPECT_EQ(transport_.sent().size(), 1u);
  Respond("pending", 201);
  EXPECT_THAT(GotStatus(), IsOk());
  EXPECT_EQ(records_.log.back(), "created by attempt");
}

TEST_F(RoutedCallTest, CreateWithoutRequestIdIsNotRecorded) {
  Create("");
  EXPECT_THAT(records_.log, IsEmpty());
  EXPECT_EQ(transport_.sent().size(), 1u);
}

TEST_F(RoutedCallTest, CreateThatCannotBeRecordedIsNotSent) {
  records_.begun = StoreDown("no answer");
  Create(kRequestId);
  EXPECT_THAT(transport_.sent(), IsEmpty());
  EXPECT_EQ(ReasonOf(GotStatus()), v1::STORE_DOWN);
}

TEST_F(RoutedCallTest, CreateWhoseTenureEndsBeforeTheRecordMoves) {
  records_.begun = NotOwnerError();
  Create(kRequestId);
  EXPECT_FALSE(got_.has_value());
  SetOwner(false, 2);
  event_loop_.Advance(kLook);
  EXPECT_THAT(transport_.sent(), IsEmpty());
  ASSERT_EQ(owner_calls_.calls().size(), 1u);
  EXPECT_EQ(owner_calls_.calls()[0].operation, "create");
}

}  // namespace
}  // namespace wriftai
