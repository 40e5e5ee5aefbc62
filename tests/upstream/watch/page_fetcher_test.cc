#include "upstream/watch/page_fetcher.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/upstream/watch/one_table.h"

namespace wriftai {
namespace {

class PageFetcherTest : public OneTableTest {
 protected:
  // A prediction of which its waiter knows the second of its creation.
  void SubscribeCreatedAt(int64_t second) {
    WatchOptions options;
    options.created = absl::FromUnixSeconds(second);
    table_.Subscribe(absl::StrCat(second), options, observer_, nullptr, false);
  }

  // Whether the page in flight should show it.
  bool Expected(int64_t second) {
    return Find(second).page_until != absl::InfinitePast();
  }

  bool Missing(int64_t second) { return Find(second).missing_from_page; }

  void FetchNewestPage() {
    // As a plan does.
    table_.polls().FindDue({}, now());
    pages_.Fetch(planner_.pages().At(absl::InfiniteFuture()), CallContext());
  }

  PollTarget& Find(int64_t second) {
    return *table_.Find(absl::StrCat(second));
  }

  FakePredictionClient client_;
  Random random_{1};
  PollCircuitBreaker breaker_;
  PollPlanner planner_{PagePolicy::kByCost, table_.list_trust()};
  IgnoringPollObserver poll_observer_;
  PageFetcher pages_{table_,      planner_, breaker_, client_,
                     event_loop_, random_,  stats_,   poll_observer_};
};

TEST_F(PageFetcherTest, ExpectsNoMorePredictionsThanAPageHolds) {
  for (int64_t second = 0; second <= PollPlanner::kPageSize; ++second) {
    SubscribeCreatedAt(second);
  }
  FetchNewestPage();
  EXPECT_TRUE(Expected(PollPlanner::kPageSize));
  EXPECT_TRUE(Expected(1));
  EXPECT_FALSE(Expected(0));
}

TEST_F(PageFetcherTest, OlderPredictionsThanThePageIsDownToAreNotMissing) {
  for (const int64_t second : {100, 200, 300}) SubscribeCreatedAt(second);
  FetchNewestPage();
  PredictionPage page;
  page.predictions.push_back(MakePrediction("other", "started"));
  page.predictions[0].mutable_created_at()->set_seconds(200);
  page.next_cursor = "below";
  client_.CompleteList(page);
  EXPECT_TRUE(Missing(300));
  EXPECT_TRUE(Missing(200));
  EXPECT_FALSE(Missing(100));
}

}  // namespace
}  // namespace wriftai
