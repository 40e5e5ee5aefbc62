#include "upstream/watch/proven_owners.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/manual_scheduler.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ProvenOwnersTest : public ::testing::Test {
 protected:
  ManualScheduler clock_;
  ProvenOwners owners_{clock_};
};

TEST_F(ProvenOwnersTest, KnowsAllWhoHaveProvenAnIdAndNobodyElse) {
  EXPECT_TRUE(owners_.Prove("a", "1"));
  EXPECT_TRUE(owners_.Prove("b", "1"));
  EXPECT_TRUE(owners_.Prove("c", "12"));
  EXPECT_FALSE(owners_.Prove("a", "1"));
  EXPECT_THAT(owners_.Of("1"), ElementsAre("a", "b"));
  EXPECT_THAT(owners_.Of("12"), ElementsAre("c"));
  EXPECT_THAT(owners_.Of("2"), IsEmpty());
}

TEST_F(ProvenOwnersTest, AProofIsOverAfterItsTimeUnlessItIsRenewed) {
  owners_.Prove("a", "1");
  owners_.Prove("a", "2");
  clock_.Advance(ProvenOwners::kKeepFor - absl::Seconds(1));
  owners_.Prove("a", "2");
  clock_.Advance(absl::Seconds(1));
  EXPECT_THAT(owners_.Of("1"), IsEmpty());
  EXPECT_THAT(owners_.Of("2"), ElementsAre("a"));
}

TEST_F(ProvenOwnersTest, ProofsThatNobodyAsksForMakeRoomAfterTheirTime) {
  owners_.Prove("a", "1");
  clock_.Advance(ProvenOwners::kKeepFor);
  owners_.Prove("a", "2");
  EXPECT_EQ(owners_.size(), 1u);
}

TEST_F(ProvenOwnersTest, TheLeastRecentlyProvenGoFirst) {
  owners_.Prove("a", "old");
  owners_.Prove("a", "renewed");
  for (size_t i = 2; i < ProvenOwners::kMost; ++i) {
    owners_.Prove("a", absl::StrCat(i));
  }
  owners_.Prove("a", "renewed");
  owners_.Prove("a", "one more");
  EXPECT_EQ(owners_.size(), ProvenOwners::kMost);
  EXPECT_THAT(owners_.Of("old"), IsEmpty());
  EXPECT_THAT(owners_.Of("renewed"), ElementsAre("a"));
}

TEST_F(ProvenOwnersTest, WhoProvesMuchTakesNothingFromWhoProvesLittle) {
  owners_.Prove("b", "1");
  for (size_t i = 0; i <= ProvenOwners::kMost; ++i) {
    owners_.Prove("a", absl::StrCat(i));
  }
  EXPECT_EQ(owners_.size(), ProvenOwners::kMost);
  EXPECT_THAT(owners_.Of("1"), ElementsAre("b"));
  EXPECT_THAT(owners_.Of("2"), ElementsAre("a"));
}

TEST_F(ProvenOwnersTest, OnlyWhatIsProvenCanBeCovered) {
  owners_.set_covered("a", "1", true);
  EXPECT_FALSE(owners_.covered("a", "1"));
  owners_.Prove("a", "1");
  owners_.set_covered("a", "1", true);
  EXPECT_TRUE(owners_.covered("a", "1"));
  EXPECT_FALSE(owners_.covered("b", "1"));
}

TEST_F(ProvenOwnersTest, ForgettingOneLeavesTheOthers) {
  owners_.Prove("a", "1");
  owners_.Prove("b", "1");
  owners_.Prove("a", "2");
  owners_.Forget("a");
  EXPECT_THAT(owners_.Of("1"), ElementsAre("b"));
  EXPECT_EQ(owners_.size(), 1u);
}

}  // namespace
}  // namespace wriftai
