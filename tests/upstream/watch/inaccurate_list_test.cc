// Waits while the API's list shows old states or lacks predictions.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/upstream/watch/many_waits.h"

namespace wriftai {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

class InaccurateListTest : public ManyWaitsTest {
 protected:
  bool Distrusted() const {
    bool distrusted = false;
    registry_.ForEach([&](const CredentialWatches& watches) {
      distrusted = watches.table().list_is_distrusted();
    });
    return distrusted;
  }
};

// 60 predictions that end after 10 s, while pages show `started` forever.
TEST_F(InaccurateListTest, NotifiesOfEndsThatStaleListHides) {
  const std::vector<std::string> ids = AddPredictions(60, absl::Seconds(10));
  SubscribeAll(ids);
  event_loop_.Advance(absl::Seconds(3));
  for (const std::string& id : ids) upstream_.FreezeOnPages(id);
  event_loop_.Advance(absl::Seconds(47));
  for (const auto& waiter : waiters_) {
    ASSERT_THAT(waiter->observer.statuses, Not(IsEmpty()));
    EXPECT_EQ(waiter->observer.statuses.back(), "succeeded");
  }
}

TEST_F(InaccurateListTest, NotifiesOfEndsThatStaleListHidesDespiteClockSkew) {
  event_loop_.StepWallClock(absl::Hours(1));
  const std::vector<std::string> ids = AddPredictions(60, absl::Seconds(10));
  SubscribeAll(ids);
  event_loop_.Advance(absl::Seconds(3));
  for (const std::string& id : ids) upstream_.FreezeOnPages(id);
  // Our clock is behind from now on: no change seems to precede a page.
  event_loop_.Advance(absl::Seconds(47));
  for (const auto& waiter : waiters_) {
    EXPECT_EQ(waiter->observer.statuses.back(), "succeeded");
  }
}

TEST_F(InaccurateListTest, TrustsListWithSmallLag) {
  upstream_.set_list_lag(absl::Seconds(2));
  for (int i = 0; i < 100; ++i) {
    Subscribe(AddPredictions(1, absl::Seconds(20 + i))[0]);
    event_loop_.Advance(absl::Seconds(1));
    ASSERT_FALSE(Distrusted()) << i;
  }
}

TEST_F(InaccurateListTest, DistrustsListWithLargeLagForIncreasingTimes) {
  upstream_.set_list_lag(absl::Minutes(2));
  int distrusted = 0;
  for (int second = 0; second < 1200; ++second) {
    if (second < 300)
      Subscribe(AddPredictions(1, absl::Seconds(20 + second))[0]);
    event_loop_.Advance(absl::Seconds(1));
    if (second > 600 && Distrusted()) ++distrusted;
  }
  EXPECT_GE(distrusted, 100);
}

TEST_F(InaccurateListTest, FindsStaleItemByItsAge) {
  const std::vector<std::string> ids = AddPredictions(40, absl::Seconds(30));
  const std::vector<std::string> others = AddPredictions(20, absl::Hours(1));
  SubscribeAll(ids);
  SubscribeAll(others);
  event_loop_.Advance(absl::Seconds(10));
  upstream_.FreezeOnPages(ids[17]);
  event_loop_.Advance(absl::Seconds(110));
  EXPECT_EQ(waiters_[17]->observer.statuses.back(), "succeeded");
}

TEST_F(InaccurateListTest, GetsPredictionsMissingFromPages) {
  const std::vector<std::string> ids = AddPredictions(40, absl::Seconds(30));
  for (size_t i = 0; i < ids.size(); i += 2) upstream_.HideOnPages(ids[i]);
  SubscribeAll(ids);
  event_loop_.Advance(absl::Seconds(75));
  for (const auto& waiter : waiters_) {
    EXPECT_EQ(waiter->observer.statuses.back(), "succeeded");
  }
}

TEST_F(InaccurateListTest, CorrectListCostsFewConfirmations) {
  SubscribeAll(AddPredictions(45));
  event_loop_.Advance(absl::Minutes(1));
  const int64_t gets = upstream_.gets();
  const int64_t reads = upstream_.reads();
  event_loop_.Advance(absl::Minutes(10));
  EXPECT_LE(upstream_.gets() - gets, 95) << "5% of the budget of 1,800";
  EXPECT_GE(upstream_.gets() - gets, 60);
  EXPECT_GE(upstream_.reads() - reads, 600);
}

}  // namespace
}  // namespace wriftai
