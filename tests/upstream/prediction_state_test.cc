#include "upstream/prediction_state.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_prediction_client.h"

namespace wriftai {
namespace {

v1::Prediction At(const char* status, int updated) {
  return MakePrediction("id", status, updated);
}

TEST(PredictionStateTest, OnlyDocumentedEndsAreTerminal) {
  EXPECT_TRUE(IsTerminal(At("succeeded", 0)));
  EXPECT_TRUE(IsTerminal(At("failed", 0)));
  EXPECT_FALSE(IsTerminal(At("pending", 0)));
  EXPECT_FALSE(IsTerminal(At("started", 0)));
  EXPECT_FALSE(IsTerminal(At("canceled", 0)));
}

TEST(PredictionStateTest, StatusNeverGoesBackwardsRegardlessOfTimes) {
  EXPECT_TRUE(MayFollow(At("pending", 9), At("started", 0)));
  EXPECT_FALSE(MayFollow(At("started", 0), At("pending", 9)));
  EXPECT_FALSE(MayFollow(At("succeeded", 0), At("started", 9)));
  EXPECT_FALSE(MayFollow(At("queued_again", 0), At("pending", 9)));
}

TEST(PredictionStateTest, SameStatusFollowsUnlessOlder) {
  EXPECT_TRUE(MayFollow(At("started", 1), At("started", 1)));
  EXPECT_TRUE(MayFollow(At("started", 1), At("started", 2)));
  EXPECT_FALSE(MayFollow(At("started", 2), At("started", 1)));
}

TEST(PredictionStateTest, SameStatusWithoutTimeFollows) {
  v1::Prediction untimed = At("started", 0);
  untimed.clear_updated_at();
  EXPECT_TRUE(MayFollow(At("started", 5), untimed));
  EXPECT_TRUE(MayFollow(untimed, At("started", 5)));
}

TEST(PredictionStateTest, TerminalStatusNeverFollowsAnother) {
  EXPECT_FALSE(MayFollow(At("succeeded", 0), At("failed", 9)));
  EXPECT_FALSE(MayFollow(At("failed", 0), At("succeeded", 9)));
}

TEST(PredictionStateTest, UnknownStatusAndStartedAreOrderedByTime) {
  EXPECT_TRUE(MayFollow(At("started", 1), At("uploading", 2)));
  EXPECT_TRUE(MayFollow(At("uploading", 2), At("started", 3)));
  EXPECT_FALSE(MayFollow(At("uploading", 2), At("started", 1)));
}

TEST(PredictionStateTest, WithPayloadsOfReplacesWholeTimes) {
  v1::Prediction known = At("started", 1);
  known.mutable_updated_at()->set_nanos(500);
  known.set_output_json("1");
  const v1::Prediction item = At("started", 2);
  const v1::Prediction merged = WithPayloadsOf(known, item);
  EXPECT_EQ(merged.updated_at().seconds(), item.updated_at().seconds());
  EXPECT_EQ(merged.updated_at().nanos(), 0);
  EXPECT_EQ(merged.output_json(), "1");
}

TEST(WithPayloadsOfTest, NamesEachInexactFieldOnce) {
  v1::Prediction known = At("started", 1);
  known.add_inexact_fields("output");
  known.add_inexact_fields("created_at");
  v1::Prediction item = At("started", 2);
  item.add_inexact_fields("created_at");
  item.add_inexact_fields("url");
  for (int i = 0; i < 3; ++i) known = WithPayloadsOf(known, item);
  EXPECT_THAT(known.inexact_fields(),
              testing::ElementsAre("output", "created_at", "url"));
}

TEST(AgeOfTest, IsNeverNegativeAndZeroWithoutCreationTime) {
  v1::Prediction prediction;
  const absl::Time created = absl::FromUnixSeconds(1'700'000'000);
  EXPECT_EQ(AgeOf(prediction, created), absl::ZeroDuration());
  prediction.mutable_created_at()->set_seconds(absl::ToUnixSeconds(created));
  EXPECT_EQ(AgeOf(prediction, created - absl::Hours(1)), absl::ZeroDuration());
  EXPECT_EQ(AgeOf(prediction, created + absl::Hours(1)), absl::Hours(1));
}

}  // namespace
}  // namespace wriftai
