#include "base/fair_share_lru.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;

class FairShareLruTest : public ::testing::Test {
 protected:
  void Add(const std::string& owner, const std::string& id, int weight = 1) {
    lru_.Add(owner, id, weight, owner + id);
  }

  // Evicts all entries. Returns their values in order.
  std::vector<std::string> Drain() {
    std::vector<std::string> evicted;
    while (auto* const next = lru_.NextToEvict()) {
      evicted.push_back(next->value);
      lru_.Erase(*next);
    }
    return evicted;
  }

  FairShareLru<std::string> lru_;
};

TEST_F(FairShareLruTest, FindsEntryByOwnerAndId) {
  Add("a", "1");
  Add("b", "1");
  EXPECT_EQ(lru_.Find("a", "1")->value, "a1");
  EXPECT_EQ(lru_.Find("b", "1")->value, "b1");
  EXPECT_EQ(*lru_.Find("b", "1")->owner, "b");
  EXPECT_EQ(lru_.Find("a", "2"), nullptr);
  EXPECT_EQ(lru_.Find("c", "1"), nullptr);
  EXPECT_EQ(lru_.size(), 2u);
}

TEST_F(FairShareLruTest, EvictsFromOwnerWithLargestWeight) {
  Add("small", "1");
  for (const char* id : {"1", "2", "3", "4"}) Add("large", id);
  Add("small", "2");
  EXPECT_THAT(Drain(), ElementsAre("large1", "large2", "small1", "large3",
                                   "small2", "large4"));
  EXPECT_EQ(lru_.weight(), 0);
  EXPECT_EQ(lru_.size(), 0u);
}

TEST_F(FairShareLruTest, EvictsByWeightNotByCount) {
  Add("a", "1", 10);
  for (const char* id : {"1", "2", "3"}) Add("b", id, 2);
  EXPECT_EQ(lru_.weight(), 16);
  EXPECT_EQ(lru_.NextToEvict()->value, "a1");
}

TEST_F(FairShareLruTest, TouchedEntryIsEvictedLater) {
  for (const char* id : {"1", "2", "3"}) Add("a", id);
  lru_.Touch(*lru_.Find("a", "1"));
  EXPECT_EQ(lru_.Oldest()->value, "a2");
  EXPECT_THAT(Drain(), ElementsAre("a2", "a3", "a1"));
}

TEST_F(FairShareLruTest, ReplacedEntryHasItsNewWeightAndIsEvictedLater) {
  Add("a", "1", 2);
  Add("a", "2", 2);
  Add("b", "1", 5);
  lru_.Replace(*lru_.Find("a", "1"), 4, "new");
  EXPECT_EQ(lru_.weight(), 11);
  EXPECT_EQ(lru_.size(), 3u);
  EXPECT_THAT(Drain(), ElementsAre("a2", "b1", "new"));
}

TEST_F(FairShareLruTest, EntryReplacedByOneOfItsWeightIsEvictedLater) {
  Add("a", "1");
  Add("a", "2");
  lru_.Replace(*lru_.Find("a", "1"), 1, "new");
  EXPECT_THAT(Drain(), ElementsAre("a2", "new"));
}

TEST_F(FairShareLruTest, ReturnsOldestOfAllAndOfOneOwner) {
  Add("a", "1");
  Add("b", "1");
  Add("b", "2");
  EXPECT_EQ(lru_.Oldest()->value, "a1");
  EXPECT_EQ(lru_.OldestOf("b")->value, "b1");
  EXPECT_EQ(lru_.OldestOf("c"), nullptr);
  lru_.Erase(*lru_.Oldest());
  EXPECT_EQ(lru_.Oldest()->value, "b1");
}

TEST_F(FairShareLruTest, OwnerMayReturnAfterItsLastEntryIsErased) {
  Add("a", "1");
  lru_.Erase(*lru_.Find("a", "1"));
  EXPECT_EQ(lru_.NextToEvict(), nullptr);
  Add("a", "1");
  EXPECT_THAT(Drain(), ElementsAre("a1"));
}

TEST_F(FairShareLruTest, KeepsEntriesOfZeroWeight) {
  Add("a", "1", 0);
  EXPECT_EQ(lru_.Find("a", "1")->value, "a1");
  EXPECT_THAT(Drain(), ElementsAre("a1"));
}

}  // namespace
}  // namespace wriftai
