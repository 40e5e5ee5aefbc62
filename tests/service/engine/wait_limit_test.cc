#include "service/engine/wait_limit.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace wriftai {
namespace {

class WaitLimitTest : public ::testing::Test {
 protected:
  // Takes all that the credential can get; how many that were.
  size_t TakeAll(const std::string& credential) {
    size_t taken = 0;
    while (auto place = limit_.Take(credential)) {
      places_.push_back(*std::move(place));
      ++taken;
    }
    return taken;
  }

  WaitLimit limit_{16'000};
  std::vector<WaitLimit::Place> places_;
};

TEST_F(WaitLimitTest, OneCredentialAloneMayHaveFourFifths) {
  EXPECT_EQ(TakeAll("a"), 12'800u);
  EXPECT_EQ(limit_.taken_by("a"), 12'800u);
}

TEST_F(WaitLimitTest, WhoComesNewFindsRoom) {
  TakeAll("a");
  EXPECT_EQ(TakeAll("b"), 2'560u);
  EXPECT_EQ(TakeAll("c"), 512u);
  EXPECT_EQ(TakeAll("a"), 0u);
}

TEST_F(WaitLimitTest, NoMoreThanAllAreTaken) {
  size_t all = 0;
  for (int i = 0; i < 100; ++i) all += TakeAll(std::to_string(i));
  EXPECT_EQ(all, 16'000u);
  EXPECT_FALSE(limit_.Take("one more").has_value());
}

TEST_F(WaitLimitTest, APlaceIsGivenBackOnceWhereverItWasMoved) {
  {
    auto place = limit_.Take("a");
    const WaitLimit::Place moved = *std::move(place);
    EXPECT_EQ(limit_.taken_by("a"), 1u);
  }
  EXPECT_EQ(limit_.taken_by("a"), 0u);
  EXPECT_EQ(TakeAll("b"), 12'800u);
}

TEST_F(WaitLimitTest, APlaceMayOutliveTheLimit) {
  std::optional<WaitLimit::Place> place;
  {
    WaitLimit limit(1);
    place.emplace(*limit.Take("a"));
  }
  place.reset();
}

}  // namespace
}  // namespace wriftai
