#include "upstream/watch/page_map.h"

#include <string>

#include "gtest/gtest.h"

namespace wriftai {
namespace {

constexpr int64_t kBase = 1'755'000'000;
const absl::Time kRequested = absl::FromUnixSeconds(1);

absl::Time Created(int64_t second) {
  return absl::FromUnixSeconds(kBase + second);
}

// A page of predictions created in the seconds from `newest` down to `oldest`.
PredictionPage Shown(int64_t newest, int64_t oldest, const std::string& next) {
  PredictionPage page;
  for (int64_t second = newest; second >= oldest; --second) {
    page.predictions.emplace_back().mutable_created_at()->set_seconds(kBase +
                                                                      second);
  }
  page.next_cursor = next;
  return page;
}

TEST(PageMapTest, StartsWithNewestPage) {
  PageMap map;
  PageMap::Page& page = map.For(Created(5));
  EXPECT_EQ(page.cursor, "");
  EXPECT_FALSE(page.known());
  EXPECT_TRUE(page.Spans(Created(5)));
  EXPECT_EQ(map.NotFetchedSince(kRequested), &page);
}

TEST(PageMapTest, FindsOlderPredictionsOnNextPage) {
  PageMap map;
  map.Apply(map.For(Created(5)), kRequested, Shown(100, 51, "next"));
  EXPECT_EQ(map.For(Created(51)).cursor, "");
  EXPECT_TRUE(map.For(Created(51)).Spans(Created(51)));
  PageMap::Page& below = map.For(Created(50));
  EXPECT_EQ(below.cursor, "next");
  EXPECT_FALSE(below.known());
  EXPECT_EQ(map.NotFetchedSince(kRequested), &below);
}

TEST(PageMapTest, LastPageSpansAllOlderPredictions) {
  PageMap map;
  map.Apply(map.For(Created(5)), kRequested, Shown(100, 51, ""));
  EXPECT_TRUE(map.For(Created(1)).Spans(Created(1)));
  EXPECT_EQ(map.NotFetchedSince(kRequested), nullptr);
}

TEST(PageMapTest, FindsPredictionsPushedToNextPage) {
  PageMap map;
  map.Apply(map.For(Created(100)), kRequested, Shown(100, 51, "below 51"));
  // Ten predictions were created since.
  map.Apply(map.For(Created(110)), kRequested, Shown(110, 61, "below 61"));
  EXPECT_EQ(map.For(Created(61)).cursor, "");
  EXPECT_EQ(map.For(Created(60)).cursor, "below 61");
  EXPECT_EQ(map.For(Created(50)).cursor, "below 51");
}

TEST(PageMapTest, DropsPagesThatStartInsideAnother) {
  PageMap map;
  map.Apply(map.For(Created(100)), kRequested, Shown(100, 61, "below 61"));
  map.Apply(map.For(Created(60)), kRequested, Shown(60, 41, "below 41"));
  // The newest page is longer now.
  map.Apply(map.For(Created(100)), kRequested, Shown(100, 51, "below 51"));
  EXPECT_EQ(map.For(Created(55)).cursor, "");
  EXPECT_EQ(map.For(Created(50)).cursor, "below 51");
  EXPECT_EQ(map.pages().size(), 3u);
}

TEST(PageMapTest, KeepsPageInFlight) {
  PageMap map;
  map.Apply(map.For(Created(100)), kRequested, Shown(100, 61, "below 61"));
  PageMap::Page& fetching = map.For(Created(60));
  fetching.in_flight = true;
  map.Apply(map.For(Created(100)), kRequested, Shown(100, 51, "below 51"));
  EXPECT_EQ(&map.At(Created(61)), &fetching);
}

TEST(PageMapTest, EmptyListHasOnePage) {
  PageMap map;
  map.Apply(map.For(Created(5)), kRequested, PredictionPage());
  EXPECT_EQ(map.pages().size(), 1u);
  EXPECT_EQ(map.NotFetchedSince(kRequested), nullptr);
}

TEST(PageMapTest, IgnoresCursorOfPageWithSingleCreationTime) {
  PageMap map;
  PredictionPage page = Shown(100, 100, "next");
  map.Apply(map.For(Created(100)), kRequested, page);
  PageMap::Page& below = map.For(Created(99));
  map.Apply(below, kRequested, page);
  EXPECT_EQ(map.pages().size(), 2u) << "it would lead to itself forever";
}

TEST(PageMapTest, EvictsOldestPagesFirst) {
  PageMap map;
  const auto max = static_cast<int64_t>(PageMap::kMaxPages);
  for (int64_t i = 0; i < max + 10; ++i) {
    const int64_t top = 1'000'000 - i * 50;
    map.Apply(map.For(Created(top)), kRequested,
              Shown(top, top - 49, std::to_string(top)));
  }
  EXPECT_EQ(map.pages().size(), PageMap::kMaxPages);
  EXPECT_EQ(map.For(Created(1'000'000)).cursor, "");
}

TEST(PageMapTest, IgnoresCursorThatLeadsToItsOwnPage) {
  PageMap map;
  map.Apply(map.For(Created(100)), kRequested, Shown(100, 51, "loop"));
  PageMap::Page& below = map.For(Created(50));
  ASSERT_EQ(below.cursor, "loop");
  map.Apply(below, kRequested, Shown(50, 1, "loop"));
  EXPECT_EQ(map.pages().size(), 2u);
  EXPECT_FALSE(below.Spans(Created(0))) << "needs a GET";
}

TEST(PageMapTest, EndsSearchOfCircularCursors) {
  PageMap map;
  map.Apply(map.For(Created(100)), kRequested, Shown(100, 51, "a"));
  map.Apply(map.For(Created(50)), kRequested, Shown(50, 1, "b"));
  // "b" leads to the newest page again.
  map.Apply(map.For(Created(0)), kRequested, Shown(100, 51, "a"));
  EXPECT_EQ(map.pages().size(), 3u);
  EXPECT_EQ(map.NotFetchedSince(kRequested), nullptr) << "the search ends";
}

TEST(PageMapTest, FindsNextPageDespiteItemsWithoutTime) {
  PageMap map;
  PredictionPage page = Shown(100, 51, "below");
  page.predictions.emplace_back();
  map.Apply(map.For(Created(100)), kRequested, page);
  EXPECT_EQ(map.For(Created(50)).cursor, "below");
  EXPECT_EQ(map.For(Created(51)).cursor, "");
}

}  // namespace
}  // namespace wriftai
