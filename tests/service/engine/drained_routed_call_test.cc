// What becomes of the calls in progress when the replica shuts down.

#include <string>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/engine/ownership_errors.h"
#include "service/engine/routed_call.h"
#include "tests/service/engine/shared_engine_fixture.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/status_matchers.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

using ::testing::IsEmpty;

constexpr char kRequestId[] = "0d6a5c2e-63a5-4b0e-9f0b-6a3c5c1d2e3f";
constexpr absl::Duration kLook = RoutedCallBase::kLookInterval;

using DrainedRoutedCallTest = SharedEngineTest;

TEST_F(DrainedRoutedCallTest, DrainMovesCallsThatWereNotSent) {
  ownership_.certain = false;
  Get(Context());
  ownership_.epoch = 2;
  engine_->BeginDrain(event_loop_.Now() + absl::Seconds(5));
  event_loop_.Advance(kLook);
  ASSERT_EQ(owner_calls_.calls().size(), 1u);
  owner_calls_.Complete(0, MakePrediction(kId, "started"));
  EXPECT_THAT(GotStatus(), IsOk());
}

TEST_F(DrainedRoutedCallTest, DrainLetsSentRequestsEndHere) {
  Get(Context());
  engine_->BeginDrain(event_loop_.Now() + absl::Seconds(5));
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_THAT(owner_calls_.calls(), IsEmpty());
  Respond("started");
  EXPECT_THAT(GotStatus(), IsOk());
}

TEST_F(DrainedRoutedCallTest, EndOfDrainEndsForwardedCalls) {
  SetOwner(false, 2);
  Get(Context());
  engine_->BeginDrain(event_loop_.Now() + absl::Seconds(5));
  event_loop_.Advance(absl::Seconds(5));
  EXPECT_EQ(ReasonOf(GotStatus()), v1::DRAINING);
  EXPECT_FALSE(owner_calls_.pending(0));
}

TEST_F(DrainedRoutedCallTest, EndOfDrainEndsCallsOfThisReplicaOnce) {
  Get(Context());
  engine_->BeginDrain(event_loop_.Now() + absl::Seconds(5));
  // Its handle is kept.
  event_loop_.Advance(absl::Seconds(5));
  EXPECT_EQ(ReasonOf(GotStatus()), v1::DRAINING);
}

TEST_F(DrainedRoutedCallTest, EndOfDrainEndsASearch) {
  ownership_.certain = false;
  Get(Context());
  engine_->BeginDrain(event_loop_.Now() + kLook / 2);
  event_loop_.RunPosted();
  owner_calls_.Complete(0, NotOwnerError());
  event_loop_.Advance(kLook / 2);
  EXPECT_EQ(ReasonOf(GotStatus()), v1::DRAINING);
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_EQ(owner_calls_.calls().size(), 1u);
}

TEST_F(DrainedRoutedCallTest, EndOfDrainLeavesAForwardedCreateUnknown) {
  SetOwner(false, 2);
  Create("");
  engine_->BeginDrain(event_loop_.Now() + absl::Seconds(5));
  event_loop_.Advance(absl::Seconds(5));
  EXPECT_EQ(ReasonOf(GotStatus()), v1::CREATE_OUTCOME_UNKNOWN);
}

TEST_F(DrainedRoutedCallTest, EndOfDrainLetsACreateWithRequestIdBeRetried) {
  SetOwner(false, 2);
  Create(kRequestId);
  engine_->BeginDrain(event_loop_.Now() + absl::Seconds(5));
  event_loop_.Advance(absl::Seconds(5));
  EXPECT_EQ(ReasonOf(GotStatus()), v1::DRAINING);
}

}  // namespace
}  // namespace wriftai
