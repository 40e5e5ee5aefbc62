#include "upstream/budget/other_consumers.h"

#include <optional>
#include <vector>

#include "gtest/gtest.h"

namespace wriftai {
namespace {

constexpr size_t kMaxWindows = 60;

class OtherConsumersTest : public ::testing::Test {
 protected:
  // Windows of that use. A response shows all of it in those that are looked
  // at, and `early` of it in the others.
  void Windows(int count, int64_t use, int64_t early) {
    for (int i = 0; i < count; ++i) {
      const bool look = others_.look();
      others_.OnWindow(look ? use : early, look, kMaxWindows);
    }
  }
  void Windows(int count, int64_t use) { Windows(count, use, use); }

  void Alternate(int count) {
    for (int i = 0; i < count; ++i) {
      Windows(1, 1);
      Windows(1, 2);
    }
  }

  OtherConsumers others_;
};

TEST_F(OtherConsumersTest, ExpectsNothingWithoutOthers) {
  Windows(10, 0);
  EXPECT_EQ(others_.max(), 0);
  EXPECT_EQ(others_.expected(), 0);
  EXPECT_FALSE(others_.look());
}

TEST_F(OtherConsumersTest, LooksWhileThePatternIsUnknown) {
  Windows(10, 0);
  Windows(1, 1);
  EXPECT_EQ(others_.expected(), 1);
  EXPECT_TRUE(others_.look());
}

TEST_F(OtherConsumersTest, ExpectsSteadyUse) {
  Windows(10, 1);
  EXPECT_EQ(others_.expected(), 1);
  EXPECT_FALSE(others_.look());
}

TEST_F(OtherConsumersTest, LooksAtEveryNinthWindowOfAKnownPattern) {
  Windows(10, 1);
  int looks = 0;
  for (int i = 0; i < 90; ++i) {
    looks += others_.look() ? 1 : 0;
    Windows(1, 1);
  }
  EXPECT_EQ(looks, 10);
}

TEST_F(OtherConsumersTest, ExpectsAlternatingUse) {
  Alternate(10);
  EXPECT_EQ(others_.expected(), 1);
  EXPECT_FALSE(others_.look());
  Windows(1, 1);
  EXPECT_EQ(others_.expected(), 2);
}

TEST_F(OtherConsumersTest, ExpectsNothingSixWindowsAfterConsumerHasLeft) {
  Windows(20, 1);
  Windows(6, 0);
  EXPECT_EQ(others_.expected(), 0);
  EXPECT_EQ(others_.max(), 1);
}

TEST_F(OtherConsumersTest, IgnoresTheStartOfAConsumerThatHasLeft) {
  Windows(10, 0);
  Windows(20, 1);
  Windows(8, 0);
  EXPECT_EQ(others_.expected(), 0);
}

TEST_F(OtherConsumersTest, ExpectsAConsumerThatComesBack) {
  for (int i = 0; i < 4; ++i) {
    Windows(6, 0);
    Windows(1, 1);
  }
  Windows(6, 0);
  EXPECT_EQ(others_.expected(), 1);
}

// A consumer that always comes after our last response is still there.
TEST_F(OtherConsumersTest, KeepsExpectingUseThatOnlyLooksShow) {
  Windows(10, 1);
  for (int i = 0; i < 60; ++i) {
    Windows(1, 1, 0);
    ASSERT_EQ(others_.expected(), 1) << i;
  }
}

TEST_F(OtherConsumersTest, ForgetsUseAfterMaxWindows) {
  Windows(1, 2);
  Windows(static_cast<int>(kMaxWindows), 0);
  EXPECT_EQ(others_.max(), 0);
}

TEST_F(OtherConsumersTest, ExpectsMaximumAfterUnknownWindow) {
  Alternate(10);
  others_.OnWindow(std::nullopt, false, kMaxWindows);
  EXPECT_EQ(others_.expected(), 2);
  EXPECT_TRUE(others_.look());
}

}  // namespace
}  // namespace wriftai
