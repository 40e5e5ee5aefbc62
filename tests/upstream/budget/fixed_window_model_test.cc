#include "upstream/budget/fixed_window_model.h"

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace wriftai {
namespace {

constexpr int64_t kLimit = 4;
constexpr int64_t kOthers = 1;
// Of polls while the use by others is known, and while it is to be observed; in
// windows of one second.
constexpr double kUsualSlot = FixedWindowModel::kLastPollSlot;
constexpr double kLookSlot = 0.97;

absl::Time At(double seconds) {
  return absl::UnixEpoch() + absl::Seconds(seconds);
}

// Another consumer uses one request of each window. The model has seen that for
// ten windows, the last of which ends at 10 s.
class FixedWindowModelTest : public ::testing::Test {
 protected:
  FixedWindowModelTest() {
    model_.set_kind(FixedWindowModel::Kind::kCount);
    for (int window = 0; window < 10; ++window) {
      model_.Roll(At(window), 0);
      model_.OnSent();
      const absl::Time sent = model_.Earliest(Priority::kPoll, At(window), 0);
      model_.OnResponse(sent, At(window + 1), kLimit - kOthers - 1, 0);
    }
  }

  // The last poll slot of the window that begins at `start`, in seconds.
  double LastSlot(double start) const {
    return absl::ToDoubleSeconds(
        model_.Earliest(Priority::kPoll, At(start), 0) - At(start));
  }

  FixedWindowModel model_{kLimit, absl::Seconds(1), 1};
};

TEST_F(FixedWindowModelTest, WindowsWithoutUnknownOneKeepThePattern) {
  model_.OnResponse(At(10.1), At(11), kLimit - kOthers - 1, 0);
  EXPECT_DOUBLE_EQ(LastSlot(10), kUsualSlot);
}

// The server's clock is ahead: no event of ours fell into the window between.
TEST_F(FixedWindowModelTest, WindowThatResponsesSkipIsUnknown) {
  model_.OnResponse(At(10.1), At(12), kLimit - kOthers - 1, 0);
  EXPECT_DOUBLE_EQ(LastSlot(11), kLookSlot);
}

TEST_F(FixedWindowModelTest, SlowResponseMovesTheLastSlotOnlyForAWhile) {
  model_.OnResponse(At(10.1), At(11), kLimit - kOthers - 1, 0);
  model_.OnRoundTrip(absl::Milliseconds(320));
  EXPECT_DOUBLE_EQ(LastSlot(10), 0.6);
  for (int i = 0; i < 20; ++i) model_.OnRoundTrip(absl::Milliseconds(10));
  EXPECT_DOUBLE_EQ(LastSlot(10), kUsualSlot);
}

// A request sent at the end of a window may arrive in the next one, which then
// has one request more than planned.
TEST_F(FixedWindowModelTest, LeavesWhatIsLeftAtTheVeryEndOfTheWindow) {
  model_.OnResponse(At(10.1), At(11), kLimit - kOthers - 1, 0);
  model_.OnSent();
  model_.OnResponse(At(10.96), At(11), kLimit - kOthers - 2, 0);
  EXPECT_EQ(model_.Earliest(Priority::kPoll, At(10.96), 0), At(10.96));
  model_.OnResponse(At(10.975), At(11), kLimit - kOthers - 2, 0);
  EXPECT_GT(model_.Earliest(Priority::kPoll, At(10.975), 0), At(11));
}

}  // namespace
}  // namespace wriftai
