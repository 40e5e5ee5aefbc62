#include "upstream/webhook/ownership_index.h"

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

TEST_F(OwnershipIndexTest, ReturnsExactlyTheRecordedOwners) {
  EXPECT_TRUE(owners_.Record("a", "1"));
  EXPECT_TRUE(owners_.Record("b", "1"));
  EXPECT_TRUE(owners_.Record("c", "12"));
  EXPECT_FALSE(owners_.Record("a", "1"));
  EXPECT_THAT(owners_.OwnersOf("1"), ElementsAre("a", "b"));
  EXPECT_THAT(owners_.OwnersOf("12"), ElementsAre("c"));
  EXPECT_THAT(owners_.OwnersOf("2"), IsEmpty());
}

TEST_F(OwnershipIndexTest, ExpiresOwnershipsUnlessRecordedAgain) {
  owners_.Record("a", "1");
  owners_.Record("a", "2");
  clock_.Advance(OwnershipIndex::kTtl - absl::Seconds(1));
  owners_.Record("a", "2");
  clock_.Advance(absl::Seconds(1));
  EXPECT_THAT(owners_.OwnersOf("1"), IsEmpty());
  EXPECT_THAT(owners_.OwnersOf("2"), ElementsAre("a"));
}

TEST_F(OwnershipIndexTest, EvictsExpiredOwnerships) {
  owners_.Record("a", "1");
  clock_.Advance(OwnershipIndex::kTtl);
  owners_.Record("a", "2");
  EXPECT_EQ(owners_.size(), 1u);
}

TEST_F(OwnershipIndexTest, EvictsLeastRecentlyRecordedFirst) {
  owners_.Record("a", "old");
  owners_.Record("a", "renewed");
  for (size_t i = 2; i < OwnershipIndex::kMaxEntries; ++i) {
    owners_.Record("a", absl::StrCat(i));
  }
  owners_.Record("a", "renewed");
  owners_.Record("a", "one more");
  EXPECT_EQ(owners_.size(), OwnershipIndex::kMaxEntries);
  EXPECT_THAT(owners_.OwnersOf("old"), IsEmpty());
  EXPECT_THAT(owners_.OwnersOf("renewed"), ElementsAre("a"));
}

TEST_F(OwnershipIndexTest, EvictsFromTheLargestOwner) {
  owners_.Record("b", "1");
  for (size_t i = 0; i <= OwnershipIndex::kMaxEntries; ++i) {
    owners_.Record("a", absl::StrCat(i));
  }
  EXPECT_EQ(owners_.size(), OwnershipIndex::kMaxEntries);
  EXPECT_THAT(owners_.OwnersOf("1"), ElementsAre("b"));
  EXPECT_THAT(owners_.OwnersOf("2"), ElementsAre("a"));
}

TEST_F(OwnershipIndexTest, MarksOnlyRecordedOwnershipsWebhookActive) {
  owners_.set_webhook_active("a", "1", true);
  EXPECT_FALSE(owners_.webhook_active("a", "1"));
  owners_.Record("a", "1");
  owners_.set_webhook_active("a", "1", true);
  EXPECT_TRUE(owners_.webhook_active("a", "1"));
  EXPECT_FALSE(owners_.webhook_active("b", "1"));
}

TEST_F(OwnershipIndexTest, EvictsOnlyTheGivenCredential) {
  owners_.Record("a", "1");
  owners_.Record("b", "1");
  owners_.Record("a", "2");
  owners_.Evict("a");
  EXPECT_THAT(owners_.OwnersOf("1"), ElementsAre("b"));
  EXPECT_EQ(owners_.size(), 1u);
}

}  // namespace
}  // namespace wriftai
