#include "upstream/budget/other_consumers.h"

#include <cstdint>
#include <optional>
#include <vector>

#include "gtest/gtest.h"

namespace wriftai {
namespace {

constexpr size_t kMaxWindows = 60;
constexpr int64_t kLimit = 3;

// The last 8 % of a window, as after a late response; and the last two fifths.
constexpr double kLate = 0.08;
constexpr double kMiddle = 0.4;

class OtherConsumersTest : public ::testing::Test {
 protected:
  // Windows of that use, of which a response at the end shows all.
  void Windows(int count, int64_t use) {
    for (int i = 0; i < count; ++i) {
      others_.OnWindow({use, 1, true}, kMaxWindows);
    }
  }

  // A window of which responses show only the first part.
  void EarlyWindow(int64_t seen) {
    others_.OnWindow({seen, 0.6, false}, kMaxWindows);
  }

  void Repeat(int times, const std::vector<int64_t>& uses) {
    for (int i = 0; i < times; ++i) {
      for (const int64_t use : uses) Windows(1, use);
    }
  }

  OtherConsumers others_;
};

TEST_F(OtherConsumersTest, ExpectsNothingWithoutOthers) {
  Windows(10, 0);
  EXPECT_EQ(others_.max(), 0);
  EXPECT_EQ(others_.expected(), 0);
  EXPECT_EQ(others_.Awaited(0, kLate), 0);
}

// The second window of a consumer that alternates may have more than the first.
TEST_F(OtherConsumersTest, ExpectsMoreThanTheMaximumForFourWindows) {
  Windows(10, 0);
  for (int i = 0; i < 4; ++i) {
    Windows(1, 1);
    EXPECT_EQ(others_.expected(), 2) << i;
    EXPECT_EQ(others_.Awaited(1, kLate), 1) << i;
  }
  Windows(1, 1);
  EXPECT_EQ(others_.expected(), 1);
  EXPECT_EQ(others_.Awaited(1, kLate), 0);
}

TEST_F(OtherConsumersTest, ExpectsSteadyUse) {
  Windows(10, 1);
  EXPECT_EQ(others_.expected(), 1);
}

TEST_F(OtherConsumersTest, ExpectsAlternatingUse) {
  Repeat(4, {1, 2});
  EXPECT_EQ(others_.expected(), 1);
  Windows(1, 1);
  EXPECT_EQ(others_.expected(), 2);
}

TEST_F(OtherConsumersTest, ExpectsOneRequestInFiveWindows) {
  Repeat(4, {1, 0, 0, 0, 0});
  std::vector<int64_t> expected;
  for (int i = 0; i < 5; ++i) {
    expected.push_back(others_.expected());
    Windows(1, i == 0 ? 1 : 0);
  }
  EXPECT_EQ(expected, (std::vector<int64_t>{1, 0, 0, 0, 0}));
}

TEST_F(OtherConsumersTest, AwaitsTheRestOfWhatItExpects) {
  Windows(10, 2);
  EXPECT_EQ(others_.Awaited(0, kLate), 2);
  EXPECT_EQ(others_.Awaited(1, kLate), 1);
  EXPECT_EQ(others_.Awaited(2, kLate), 0);
  EXPECT_EQ(others_.Awaited(3, kLate), 0);
}

// In the window in which it may just be late, its request is still awaited.
TEST_F(OtherConsumersTest, AwaitsNothingLateAWindowAfterConsumerHasLeft) {
  Windows(20, 1);
  EXPECT_EQ(others_.Awaited(0, kLate), 1);
  Windows(1, 0);
  EXPECT_EQ(others_.Awaited(0, kLate), 0);
}

TEST_F(OtherConsumersTest, ExpectsNothingFourWindowsAfterConsumerHasLeft) {
  Windows(20, 1);
  Windows(4, 0);
  EXPECT_EQ(others_.expected(), 0);
  EXPECT_EQ(others_.max(), 1);
}

TEST_F(OtherConsumersTest, IgnoresTheStartOfAConsumerThatHasLeft) {
  Windows(10, 0);
  Windows(20, 1);
  Windows(8, 0);
  EXPECT_EQ(others_.expected(), 0);
}

// A request that drifts past the end of a window is in the next one.
TEST_F(OtherConsumersTest, IgnoresAGapInAPattern) {
  Windows(20, 1);
  Windows(1, 0);
  Windows(6, 1);
  EXPECT_EQ(others_.expected(), 1);
}

TEST_F(OtherConsumersTest, KeepsAPatternInThreeWindowsWithoutALateResponse) {
  Windows(10, 2);
  for (int i = 0; i < 3; ++i) {
    EarlyWindow(1);
    EXPECT_EQ(others_.expected(), 2) << i;
    EXPECT_EQ(others_.Awaited(0, kLate), 2) << i;
  }
  EarlyWindow(1);
  EXPECT_EQ(others_.Awaited(0, kLate), 1);  // By their rate.
}

TEST_F(OtherConsumersTest, NeverLooksWithoutOthers) {
  for (int i = 0; i < 20; ++i) EarlyWindow(0);
  EXPECT_FALSE(others_.look());
}

TEST_F(OtherConsumersTest, LooksAtEveryNinthWindowOfAKnownPattern) {
  Windows(10, 1);
  int looks = 0;
  for (int i = 0; i < 90; ++i) {
    const bool look = others_.look();
    looks += look ? 1 : 0;
    others_.OnWindow({1, look ? 1 : 0.9, look}, kMaxWindows);
  }
  EXPECT_EQ(looks, 10);
}

TEST_F(OtherConsumersTest, LooksAfterAWindowThatFallsShortOfThePattern) {
  Windows(10, 1);
  EarlyWindow(1);
  EXPECT_FALSE(others_.look());
  EarlyWindow(0);
  EXPECT_TRUE(others_.look());
}

TEST_F(OtherConsumersTest, OneLookAndLateResponsesShowThatAConsumerHasLeft) {
  Windows(20, 1);
  others_.OnWindow({0, 0.9, false}, kMaxWindows);
  EXPECT_EQ(others_.Awaited(0, kLate), 1);
  Windows(1, 0);  // The look.
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(others_.Awaited(0, kLate), 0) << i;
    others_.OnWindow({0, 0.9, false}, kMaxWindows);
  }
  EXPECT_EQ(others_.expected(), 0);
}

TEST_F(OtherConsumersTest, EarlyResponseThatShowsMoreBreaksAPattern) {
  Windows(10, 1);
  EarlyWindow(2);
  EXPECT_EQ(others_.max(), 2);
  EXPECT_EQ(others_.expected(), 3);
}

// Of irregular consumers, one per window on average.
class IrregularConsumersTest : public OtherConsumersTest {
 protected:
  IrregularConsumersTest() {
    Repeat(1, {0, 1, 2, 0, 3, 1, 0, 1, 1, 2, 0, 0, 2, 1, 0, 2, 1, 3, 0, 0});
  }
};

TEST_F(IrregularConsumersTest, AwaitsWhatIsLikelyToCome) {
  EXPECT_EQ(others_.Awaited(0, kLate), 0);
  EXPECT_EQ(others_.Awaited(2, kLate), 0);
  EXPECT_EQ(others_.Awaited(0, kMiddle), 1);
  EXPECT_EQ(others_.Awaited(2, kMiddle), 1);
  EXPECT_EQ(others_.Awaited(0, 1), 2);
}

TEST_F(IrregularConsumersTest, MayFillAWindowThatTheyHaveFilled) {
  EXPECT_TRUE(others_.MayFill(kLimit));
  EXPECT_FALSE(others_.MayFill(kLimit + 1));
}

TEST_F(IrregularConsumersTest, DoNotFillWindowsOnceTheyAreRare) {
  for (int i = 0; i < 4; ++i) Repeat(1, {0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0, 0});
  EXPECT_EQ(others_.max(), 3);
  EXPECT_FALSE(others_.MayFill(kLimit));
}

// Unknown windows follow no pattern.
TEST_F(OtherConsumersTest, SearchesAPatternInEightOf32Windows) {
  int searched = 0;
  for (int i = 0; i < 64; ++i) {
    Windows(1, 2);
    searched += others_.expected() == 2 ? 1 : 0;
    others_.OnWindow({}, kMaxWindows);
    searched += others_.expected() == 2 ? 1 : 0;
  }
  EXPECT_NEAR(searched, 128 / 4, 8);
}

TEST_F(OtherConsumersTest, WindowsThatFitAPatternAreNotFilled) {
  Repeat(6, {3, 0, 0});
  EXPECT_TRUE(others_.MayFill(kLimit));
  Windows(1, 3);
  EXPECT_FALSE(others_.MayFill(kLimit));
}

TEST_F(OtherConsumersTest, ForgetsUseAfterMaxWindows) {
  Windows(1, 2);
  Windows(static_cast<int>(kMaxWindows), 0);
  EXPECT_EQ(others_.max(), 0);
}

TEST_F(OtherConsumersTest, SearchesAPatternAfterUnknownWindow) {
  Repeat(10, {1, 2});
  others_.OnWindow({}, kMaxWindows);
  EXPECT_EQ(others_.expected(), 2);
  Repeat(1, {1, 2});
  EXPECT_EQ(others_.expected(), 1);
}

TEST_F(OtherConsumersTest, OneUnknownWindowStandsForSeveral) {
  Windows(10, 1);
  for (int i = 0; i < static_cast<int>(kMaxWindows); ++i) {
    others_.OnWindow({}, kMaxWindows);
  }
  EXPECT_EQ(others_.max(), 1);
}

}  // namespace
}  // namespace wriftai
