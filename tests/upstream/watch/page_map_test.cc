#include "upstream/watch/page_map.h"

#include <string>

#include "gtest/gtest.h"

namespace wriftai {
namespace {

constexpr int64_t kBase = 1'755'000'000;
const absl::Time kAsked = absl::FromUnixSeconds(1);

absl::Time Created(int64_t second) {
  return absl::FromUnixSeconds(kBase + second);
}

// A page that shows those created in the seconds from `newest` down to
// `oldest`.
PredictionPage Shown(int64_t newest, int64_t oldest, const std::string& next) {
  PredictionPage page;
  for (int64_t second = newest; second >= oldest; --second) {
    page.predictions.emplace_back().mutable_created_at()->set_seconds(kBase +
                                                                      second);
  }
  page.next_cursor = next;
  return page;
}

TEST(PageMap, KnowsTheNewestPageFromTheStart) {
  PageMap map;
  PageMap::Page& page = map.For(Created(5));
  EXPECT_EQ(page.cursor, "");
  EXPECT_FALSE(page.known());
  EXPECT_TRUE(page.Spans(Created(5)));
  EXPECT_EQ(map.NotFetchedSince(kAsked), &page);
}

TEST(PageMap, WhatIsOlderIsOnThePageBelow) {
  PageMap map;
  map.Apply(map.For(Created(5)), kAsked, Shown(100, 51, "next"));
  EXPECT_EQ(map.For(Created(51)).cursor, "");
  EXPECT_TRUE(map.For(Created(51)).Spans(Created(51)));
  PageMap::Page& below = map.For(Created(50));
  EXPECT_EQ(below.cursor, "next");
  EXPECT_FALSE(below.known());
  EXPECT_EQ(map.NotFetchedSince(kAsked), &below);
}

TEST(PageMap, TheLastPageSpansAllThatIsOlder) {
  PageMap map;
  map.Apply(map.For(Created(5)), kAsked, Shown(100, 51, ""));
  EXPECT_TRUE(map.For(Created(1)).Spans(Created(1)));
  EXPECT_EQ(map.NotFetchedSince(kAsked), nullptr);
}

TEST(PageMap, WhatSinksIsFoundBelowTheNewBoundary) {
  PageMap map;
  map.Apply(map.For(Created(100)), kAsked, Shown(100, 51, "below 51"));
  // Ten have been created since.
  map.Apply(map.For(Created(110)), kAsked, Shown(110, 61, "below 61"));
  EXPECT_EQ(map.For(Created(61)).cursor, "");
  EXPECT_EQ(map.For(Created(60)).cursor, "below 61");
  EXPECT_EQ(map.For(Created(50)).cursor, "below 51");
}

TEST(PageMap, BoundariesInsideOfAPageAreForgotten) {
  PageMap map;
  map.Apply(map.For(Created(100)), kAsked, Shown(100, 61, "below 61"));
  map.Apply(map.For(Created(60)), kAsked, Shown(60, 41, "below 41"));
  // The newest page has become longer.
  map.Apply(map.For(Created(100)), kAsked, Shown(100, 51, "below 51"));
  EXPECT_EQ(map.For(Created(55)).cursor, "");
  EXPECT_EQ(map.For(Created(50)).cursor, "below 51");
  EXPECT_EQ(map.pages().size(), 3u);
}

TEST(PageMap, APageThatIsUnderWayIsNotForgotten) {
  PageMap map;
  map.Apply(map.For(Created(100)), kAsked, Shown(100, 61, "below 61"));
  PageMap::Page& fetching = map.For(Created(60));
  fetching.under_way = true;
  map.Apply(map.For(Created(100)), kAsked, Shown(100, 51, "below 51"));
  EXPECT_EQ(&map.At(Created(61)), &fetching);
}

TEST(PageMap, AnEmptyListIsOnePage) {
  PageMap map;
  map.Apply(map.For(Created(5)), kAsked, PredictionPage());
  EXPECT_EQ(map.pages().size(), 1u);
  EXPECT_EQ(map.NotFetchedSince(kAsked), nullptr);
}

TEST(PageMap, APageOfOneInstantHasNoneBelow) {
  PageMap map;
  PredictionPage page = Shown(100, 100, "next");
  map.Apply(map.For(Created(100)), kAsked, page);
  PageMap::Page& below = map.For(Created(99));
  map.Apply(below, kAsked, page);
  EXPECT_EQ(map.pages().size(), 2u) << "it would lead to itself for ever";
}

TEST(PageMap, TheOldestPagesAreForgottenFirst) {
  PageMap map;
  const auto most = static_cast<int64_t>(PageMap::kMaxPages);
  for (int64_t i = 0; i < most + 10; ++i) {
    const int64_t top = 1'000'000 - i * 50;
    map.Apply(map.For(Created(top)), kAsked,
              Shown(top, top - 49, std::to_string(top)));
  }
  EXPECT_EQ(map.pages().size(), PageMap::kMaxPages);
  EXPECT_EQ(map.For(Created(1'000'000)).cursor, "");
}

TEST(PageMap, ACursorThatLeadsToItsOwnPageIsNotFollowed) {
  PageMap map;
  map.Apply(map.For(Created(100)), kAsked, Shown(100, 51, "loop"));
  PageMap::Page& below = map.For(Created(50));
  ASSERT_EQ(below.cursor, "loop");
  map.Apply(below, kAsked, Shown(50, 1, "loop"));
  EXPECT_EQ(map.pages().size(), 2u);
  EXPECT_FALSE(below.Spans(Created(0))) << "asked for alone";
}

TEST(PageMap, CursorsThatGoInACircleEndWhereTheyBegan) {
  PageMap map;
  map.Apply(map.For(Created(100)), kAsked, Shown(100, 51, "a"));
  map.Apply(map.For(Created(50)), kAsked, Shown(50, 1, "b"));
  // "b" shows the newest ones again.
  map.Apply(map.For(Created(0)), kAsked, Shown(100, 51, "a"));
  EXPECT_EQ(map.pages().size(), 3u);
  EXPECT_EQ(map.NotFetchedSince(kAsked), nullptr) << "the search has an end";
}

TEST(PageMap, ItemsWithoutATimeDoNotHideThePagesBelow) {
  PageMap map;
  PredictionPage page = Shown(100, 51, "below");
  page.predictions.emplace_back();
  map.Apply(map.For(Created(100)), kAsked, page);
  EXPECT_EQ(map.For(Created(50)).cursor, "below");
  EXPECT_EQ(map.For(Created(51)).cursor, "");
}

}  // namespace
}  // namespace wriftai
