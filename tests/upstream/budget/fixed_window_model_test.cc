#include "upstream/budget/fixed_window_model.h"

#include <cstdint>
#include <optional>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace wriftai {
namespace {

constexpr int64_t kLimit = 4;
constexpr int64_t kOthers = 1;
// Of polls that are not the last of their window, and of those that are, in
// windows of one second.
constexpr double kLateSlot = FixedWindowModel::kLastPollSlot;
constexpr double kEndSlot = 0.985;

absl::Time At(double seconds) {
  return absl::UnixEpoch() + absl::Seconds(seconds);
}

// A model that has seen ten windows, the last of which ends at 10 s. Another
// consumer has used `others` requests of each.
FixedWindowModel ModelBeside(int64_t others, int64_t limit = kLimit) {
  FixedWindowModel model(limit, absl::Seconds(1), 1);
  model.set_kind(FixedWindowModel::Kind::kCount);
  for (int window = 0; window < 10; ++window) {
    model.Roll(At(window), 0);
    model.OnSent();
    model.OnResponse(At(window + kEndSlot), At(window + 1), limit - others - 1,
                     0);
  }
  return model;
}

class FixedWindowModelTest : public ::testing::Test {
 protected:
  // In the window that ends at `end`, a request that is sent at once gets a
  // response at `now`, after `others` requests of others.
  void Respond(double now, double end, int64_t others) {
    model_->Roll(At(now), 0);
    model_->OnSent();
    ++own_;
    model_->OnResponse(At(now), At(end), kLimit - others - own_, 0);
  }

  void BeginWindow(double start) {
    model_->Roll(At(start), 0);
    own_ = 0;
  }

  // When the next poll goes, in seconds.
  double NextPoll(double now) const {
    return absl::ToDoubleSeconds(model_->Earliest(Priority::kPoll, At(now), 0) -
                                 absl::UnixEpoch());
  }

  std::optional<FixedWindowModel> model_{ModelBeside(kOthers)};
  int64_t own_ = 0;
};

TEST_F(FixedWindowModelTest, LastOfSeveralPollsIsLateInTheWindow) {
  Respond(10.1, 11, kOthers);
  EXPECT_DOUBLE_EQ(NextPoll(10.1), 10 + kLateSlot);
}

TEST_F(FixedWindowModelTest, OnlyPollOfAWindowIsAtItsEnd) {
  model_.emplace(ModelBeside(kLimit - 1));
  BeginWindow(10);
  EXPECT_DOUBLE_EQ(NextPoll(10), 10 + kEndSlot);
}

TEST_F(FixedWindowModelTest, LastPollOfEveryNinthWindowIsAtItsEnd) {
  for (int window = 10; window < 18; ++window) {
    BeginWindow(window);
    Respond(window + 0.1, window + 1, kOthers);
    EXPECT_DOUBLE_EQ(NextPoll(window + 0.1), window + kLateSlot);
    Respond(window + 0.86, window + 1, kOthers);
  }
  BeginWindow(18);
  Respond(18.1, 19, kOthers);
  EXPECT_DOUBLE_EQ(NextPoll(18.1), 18 + kEndSlot);
}

TEST_F(FixedWindowModelTest, SlowResponseMovesTheLastSlotOnlyForAWhile) {
  Respond(10.1, 11, kOthers);
  model_->OnRoundTrip(absl::Milliseconds(320));
  EXPECT_DOUBLE_EQ(NextPoll(10.1), 10.6);
  for (int i = 0; i < 20; ++i) model_->OnRoundTrip(absl::Milliseconds(10));
  EXPECT_DOUBLE_EQ(NextPoll(10.1), 10 + kLateSlot);
}

// The end slot allows for a slow response. A quick one comes slightly before
// the slot that it leads to.
TEST_F(FixedWindowModelTest, QuickResponseInTheEndSlotShowsTheEndOfAWindow) {
  model_->OnRoundTrip(absl::Milliseconds(100));
  for (int window = 10; window < 18; ++window) {
    BeginWindow(window);
    Respond(window + 0.86, window + 1, kOthers);
  }
  BeginWindow(18);
  Respond(18.1, 19, kOthers);
  ASSERT_DOUBLE_EQ(NextPoll(18.1), 18.885);
  model_->OnRoundTrip(absl::Milliseconds(5));
  Respond(18.89, 19, kOthers);
  BeginWindow(19);
  Respond(19.1, 20, kOthers);
  EXPECT_DOUBLE_EQ(NextPoll(19.1), 19.83) << "does not look at the end again";
}

TEST_F(FixedWindowModelTest, UsesWhatIsLeftRightAfterALateResponse) {
  Respond(10.86, 11, kOthers);
  EXPECT_DOUBLE_EQ(NextPoll(10.86), 10.86);
  Respond(10.87, 11, kOthers);
  EXPECT_DOUBLE_EQ(NextPoll(10.87), 10.87);
  EXPECT_GT(NextPoll(10.9), 11) << "others may have used it by now";
  Respond(10.88, 11, kOthers);
  EXPECT_GT(NextPoll(10.88), 11);
}

TEST_F(FixedWindowModelTest, LeavesWhatOthersWillLikelyStillUse) {
  Respond(10.86, 11, 0);
  Respond(10.87, 11, 0);
  EXPECT_DOUBLE_EQ(NextPoll(10.87), 10.87);
  Respond(10.88, 11, 0);
  EXPECT_GT(NextPoll(10.88), 11);
}

// A request sent at the end of a window may arrive in the next one, which then
// has one request more than planned.
TEST_F(FixedWindowModelTest, LeavesWhatIsLeftAtTheVeryEndOfTheWindow) {
  Respond(10.86, 11, kOthers);
  Respond(10.96, 11, kOthers);
  EXPECT_DOUBLE_EQ(NextPoll(10.96), 10.96);
  EXPECT_GT(NextPoll(10.975), 11);
}

// The server's clock is ahead: no event of ours fell into the window between.
// Without a pattern, nothing is awaited in the rest of this one.
TEST_F(FixedWindowModelTest, WindowThatResponsesSkipIsUnknown) {
  model_->OnSent();
  model_->OnResponse(At(10.1), At(12), kLimit - 1, 0);
  own_ = 1;
  Respond(11.87, 12, 0);
  Respond(11.88, 12, 0);
  EXPECT_DOUBLE_EQ(NextPoll(11.88), 11.88);
}

// Others were not known when it was sent.
TEST_F(FixedWindowModelTest, First429PausesNothing) {
  model_.emplace(ModelBeside(0, 3));
  BeginWindow(10);
  for (int i = 0; i < 2; ++i) model_->OnSent();
  model_->OnResponse(At(10.5), At(11), 0, 1);
  model_->OnLimited(At(11), 0);
  for (int window = 11; window < 20; ++window) {
    model_->Roll(At(window), 0);
    model_->OnSent();
    model_->OnResponse(At(window + kEndSlot), At(window + 1), 1, 0);
  }
  model_->Roll(At(20), 0);
  model_->OnSent();
  model_->OnResponse(At(20.86), At(21), 2, 0);
  EXPECT_EQ(model_->Earliest(Priority::kPoll, At(20.86), 0), At(20.86));
}

TEST_F(FixedWindowModelTest, ResponseThatWasOvertakenHidesNoOthers) {
  FixedWindowModel model(kLimit, absl::Seconds(1), 1);
  model.OnSent();
  model.OnSent();
  // The second request, after one of others.
  model.OnResponse(At(0.5), At(1), kLimit - 3, 1);
  ASSERT_EQ(model.others(), 2);
  model.OnResponse(At(0.5), At(1), kLimit - 1, 0);
  EXPECT_EQ(model.others(), 2);
}

TEST_F(FixedWindowModelTest, KeepsOthersWhenTheCountIsDetected) {
  FixedWindowModel model(kLimit, absl::Seconds(1), 1);
  model.OnResponse(At(0.5), At(1), kLimit - 3, 0);
  ASSERT_GT(model.others(), 0);
  model.set_kind(FixedWindowModel::Kind::kCount);
  EXPECT_EQ(model.others(), 3);
  model.set_kind(FixedWindowModel::Kind::kRefill);
  EXPECT_EQ(model.others(), 0);
}

}  // namespace
}  // namespace wriftai
