#include "upstream/core/fair_limit.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace wriftai {
namespace {

class FairLimitTest : public ::testing::Test {
 protected:
  // Takes all that the owner can get; how many that were.
  size_t TakeAll(const std::string& owner) {
    size_t taken = 0;
    while (auto place = limit_.Take(owner)) {
      places_.push_back(*std::move(place));
      ++taken;
    }
    return taken;
  }

  FairLimit limit_{16'000, 4};
  std::vector<FairLimit::Place> places_;
};

TEST_F(FairLimitTest, OneAloneMayHaveFourFifths) {
  EXPECT_EQ(TakeAll("a"), 12'800u);
  EXPECT_EQ(limit_.taken_by("a"), 12'800u);
}

TEST_F(FairLimitTest, WhoComesNewFindsRoom) {
  TakeAll("a");
  EXPECT_EQ(TakeAll("b"), 2'560u);
  EXPECT_EQ(TakeAll("c"), 512u);
  EXPECT_EQ(TakeAll("a"), 0u);
}

TEST_F(FairLimitTest, NoMoreThanAllAreTaken) {
  size_t all = 0;
  for (int i = 0; i < 100; ++i) all += TakeAll(std::to_string(i));
  EXPECT_EQ(all, 16'000u);
  EXPECT_FALSE(limit_.Take("one more").has_value());
}

TEST_F(FairLimitTest, APlaceIsGivenBackOnceWhereverItWasMoved) {
  {
    auto place = limit_.Take("a");
    const FairLimit::Place moved = *std::move(place);
    EXPECT_EQ(limit_.taken_by("a"), 1u);
  }
  EXPECT_EQ(limit_.taken_by("a"), 0u);
  EXPECT_EQ(TakeAll("b"), 12'800u);
}

TEST_F(FairLimitTest, APlaceMayOutliveTheLimit) {
  std::optional<FairLimit::Place> place;
  {
    FairLimit limit(1, 4);
    place.emplace(*limit.Take("a"));
  }
  place.reset();
}

}  // namespace
}  // namespace wriftai
