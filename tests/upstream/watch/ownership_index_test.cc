#include "upstream/watch/ownership_index.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/manual_event_loop.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class OwnershipIndexTest : public ::testing::Test {
 protected:
  ManualEventLoop clock_;
  OwnershipIndex owners_{clock_};
};

TEST_F(OwnershipIndexTest, KnowsAllWhoHaveProvenAnIdAndNobodyElse) {
  EXPECT_TRUE(owners_.Record("a", "1"));
  EXPECT_TRUE(owners_.Record("b", "1"));
  EXPECT_TRUE(owners_.Record("c", "12"));
  EXPECT_FALSE(owners_.Record("a", "1"));
  EXPECT_THAT(owners_.OwnersOf("1"), ElementsAre("a", "b"));
  EXPECT_THAT(owners_.OwnersOf("12"), ElementsAre("c"));
  EXPECT_THAT(owners_.OwnersOf("2"), IsEmpty());
}

TEST_F(OwnershipIndexTest, AProofIsOverAfterItsTimeUnlessItIsRenewed) {
  owners_.Record("a", "1");
  owners_.Record("a", "2");
  clock_.Advance(OwnershipIndex::kKeepFor - absl::Seconds(1));
  owners_.Record("a", "2");
  clock_.Advance(absl::Seconds(1));
  EXPECT_THAT(owners_.OwnersOf("1"), IsEmpty());
  EXPECT_THAT(owners_.OwnersOf("2"), ElementsAre("a"));
}

TEST_F(OwnershipIndexTest, ProofsThatNobodyAsksForMakeRoomAfterTheirTime) {
  owners_.Record("a", "1");
  clock_.Advance(OwnershipIndex::kKeepFor);
  owners_.Record("a", "2");
  EXPECT_EQ(owners_.size(), 1u);
}

TEST_F(OwnershipIndexTest, TheLeastRecentlyProvenGoFirst) {
  owners_.Record("a", "old");
  owners_.Record("a", "renewed");
  for (size_t i = 2; i < OwnershipIndex::kMost; ++i) {
    owners_.Record("a", absl::StrCat(i));
  }
  owners_.Record("a", "renewed");
  owners_.Record("a", "one more");
  EXPECT_EQ(owners_.size(), OwnershipIndex::kMost);
  EXPECT_THAT(owners_.OwnersOf("old"), IsEmpty());
  EXPECT_THAT(owners_.OwnersOf("renewed"), ElementsAre("a"));
}

TEST_F(OwnershipIndexTest, WhoProvesMuchTakesNothingFromWhoProvesLittle) {
  owners_.Record("b", "1");
  for (size_t i = 0; i <= OwnershipIndex::kMost; ++i) {
    owners_.Record("a", absl::StrCat(i));
  }
  EXPECT_EQ(owners_.size(), OwnershipIndex::kMost);
  EXPECT_THAT(owners_.OwnersOf("1"), ElementsAre("b"));
  EXPECT_THAT(owners_.OwnersOf("2"), ElementsAre("a"));
}

TEST_F(OwnershipIndexTest, OnlyWhatIsProvenCanBeCovered) {
  owners_.set_covered("a", "1", true);
  EXPECT_FALSE(owners_.covered("a", "1"));
  owners_.Record("a", "1");
  owners_.set_covered("a", "1", true);
  EXPECT_TRUE(owners_.covered("a", "1"));
  EXPECT_FALSE(owners_.covered("b", "1"));
}

TEST_F(OwnershipIndexTest, ForgettingOneLeavesTheOthers) {
  owners_.Record("a", "1");
  owners_.Record("b", "1");
  owners_.Record("a", "2");
  owners_.Forget("a");
  EXPECT_THAT(owners_.OwnersOf("1"), ElementsAre("b"));
  EXPECT_EQ(owners_.size(), 1u);
}

}  // namespace
}  // namespace wriftai
