#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "upstream/json/decode_stats.h"
#include "upstream/json/json_limits.h"
#include "upstream/json/prediction_json.h"

namespace wriftai {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
constexpr char kA[] = "00000000-0000-4000-8000-00000000000a";
constexpr char kB[] = "00000000-0000-4000-8000-00000000000b";

std::string Item(absl::string_view id, absl::string_view more = "") {
  return absl::StrCat(R"({"id":")", id, R"(","status":"started")",
                      more.empty() ? "" : ",", more, "}");
}

TEST(PredictionPageFromJsonTest, ReadsItemsInOrderAndCursors) {
  const auto page = PredictionPageFromJson(
      R"({"items":[
          {"id":"00000000-0000-4000-8000-00000000000b","status":"started"},
          {"id":"00000000-0000-4000-8000-00000000000a","status":"failed"}],
          "next_cursor":"n=","previous_cursor":"p","next_url":"/v1",
          "previous_url":null})");
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->predictions.size(), 2U);
  EXPECT_EQ(page->predictions[0].id(), kB);
  EXPECT_EQ(page->predictions[1].status(), v1::PREDICTION_STATUS_FAILED);
  EXPECT_EQ(page->next_cursor, "n=");
  EXPECT_EQ(page->previous_cursor, "p");
}

TEST(PredictionPageFromJsonTest, LeavesCursorsEmptyAtTheEnds) {
  const auto page =
      PredictionPageFromJson(R"({"items":[],"next_cursor":null})");
  ASSERT_THAT(page, IsOk());
  EXPECT_TRUE(page->predictions.empty());
  EXPECT_EQ(page->next_cursor, "");
  EXPECT_EQ(page->previous_cursor, "");
}

TEST(PredictionPageFromJsonTest, OmitsPayloads) {
  const auto page = PredictionPageFromJson(
      R"({"items":[{"id":"00000000-0000-4000-8000-00000000000b","status":"x",
                    "input":1,"output":2,"error":{"detail":3},"logs":["l"],
                    "setup_logs":5}]})");
  ASSERT_THAT(page, IsOk());
  EXPECT_FALSE(page->predictions[0].has_input_json());
  EXPECT_FALSE(page->predictions[0].has_output_json());
  EXPECT_FALSE(page->predictions[0].has_error());
  EXPECT_FALSE(page->predictions[0].has_logs());
  EXPECT_THAT(page->predictions[0].inexact_fields(), IsEmpty());
}

struct Rejected {
  std::string json;
  std::string message;
};

void ExpectRejected(const std::vector<Rejected>& cases) {
  for (const Rejected& rejected : cases) {
    EXPECT_THAT(PredictionPageFromJson(rejected.json),
                StatusIs(kInvalid, rejected.message));
  }
}

TEST(PredictionPageFromJsonTest, RejectsOtherDocuments) {
  ExpectRejected({{"", "not valid JSON at byte 0: unexpected end"},
                  {"[]", "expected a JSON object: []"},
                  {"{}", "items: expected an array, got nothing"},
                  {R"({"items":null})", "items: expected an array, got null"},
                  {R"({"items":{}})", "items: expected an array, got {}"}});
}

TEST(PredictionPageFromJsonTest, KeepsItemWithoutInvalidField) {
  const auto page = PredictionPageFromJson(absl::StrCat(
      R"({"items":[)", Item(kB, R"("created_at":"2025-08-13T11:48:44")"), ",",
      Item(kA), R"(],"next_cursor":"n"})"));
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->predictions.size(), 2U);
  EXPECT_FALSE(page->predictions[0].has_created_at());
  EXPECT_THAT(page->predictions[0].inexact_fields(), ElementsAre("created_at"));
  EXPECT_THAT(page->predictions[1].inexact_fields(), IsEmpty());
  EXPECT_EQ(page->next_cursor, "n");
  EXPECT_EQ(page->skipped_items, 0);
  EXPECT_THAT(page->inexact_fields, IsEmpty());
}

TEST(PredictionPageFromJsonTest, SkipsAndCountsItemWithoutIdOrStatus) {
  const auto page = PredictionPageFromJson(absl::StrCat(
      R"({"items":[7,null,[],{},{"id":"p1","status":"x"},)", Item(kA),
      R"(,{"id":")", kB, R"(","status":5}],"next_cursor":"n"})"));
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->predictions.size(), 1U);
  EXPECT_EQ(page->predictions[0].id(), kA);
  EXPECT_EQ(page->skipped_items, 6);
  EXPECT_THAT(page->inexact_fields, ElementsAre("items"));
  EXPECT_EQ(page->next_cursor, "n");
}

// Otherwise a page that starts after such an item would repeat forever.
TEST(PredictionPageFromJsonTest, SkipsItemWithRepeatedId) {
  const auto page = PredictionPageFromJson(absl::StrCat(
      R"({"items":[)", Item(kA), ",", Item(kB), ",",
      Item(absl::AsciiStrToUpper(kA), R"("url":"u")"), ",", Item(kA), "]}"));
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->predictions.size(), 2U);
  EXPECT_EQ(page->predictions[0].id(), kA);
  EXPECT_EQ(page->predictions[0].url(), "");
  EXPECT_EQ(page->predictions[1].id(), kB);
  EXPECT_EQ(page->skipped_items, 2);
  EXPECT_THAT(page->inexact_fields, ElementsAre("items"));
}

TEST(PredictionPageFromJsonTest, BoundsItemsOfPage) {
  std::string items = Item(kA);
  for (size_t i = 0; i < kMaxPageItems; ++i) {
    const std::string number = std::to_string(1000 + i);
    items += "," + Item("00000000-0000-4000-8000-00000000" + number);
  }
  const auto page = PredictionPageFromJson("{\"items\":[" + items + "]}");
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->predictions.size(), kMaxPageItems);
  EXPECT_EQ(page->skipped_items, 1);
}

std::string NextCursorFrom(absl::string_view json) {
  const auto page = PredictionPageFromJson(
      absl::StrCat(R"({"items":[],"next_cursor":)", json, "}"));
  EXPECT_THAT(page, IsOk());
  if (!page.ok()) return "";
  if (page->next_cursor.empty()) {
    EXPECT_THAT(page->inexact_fields, ElementsAre("next_cursor"));
  } else {
    EXPECT_THAT(page->inexact_fields, IsEmpty());
  }
  return page->next_cursor;
}

TEST(PredictionPageFromJsonTest, AcceptsStringOrNumberAsCursor) {
  EXPECT_EQ(NextCursorFrom(R"("a/b=\u003d &?%")"), "a/b== &?%");
  EXPECT_EQ(NextCursorFrom("12"), "12");
  const std::string longest(kMaxCursorBytes, 'c');
  EXPECT_EQ(NextCursorFrom("\"" + longest + "\""), longest);
}

TEST(PredictionPageFromJsonTest, OmitsUnusableCursor) {
  const std::string too_long(kMaxCursorBytes + 1, 'c');
  for (const std::string& cursor :
       {std::string("true"), std::string("[]"), std::string(R"({"a":1})"),
        std::string(R"("a\r\nhost: evil")"), std::string(R"("\ud83d")"),
        std::string("\"\xff\""), std::string("\"\u00e9\""),
        "\"" + too_long + "\"", std::string(kMaxCursorBytes + 1, '1')}) {
    EXPECT_EQ(NextCursorFrom(cursor), "") << cursor.substr(0, 100);
  }
}

TEST(DecodeStatsTest, CountsFieldsAndItems) {
  const auto page = PredictionPageFromJson(
      absl::StrCat(R"({"items":[7,)", Item(kA, R"("url":1)"), ",",
                   Item(kB, R"("url":2)"), R"(],"previous_cursor":{}})"));
  ASSERT_THAT(page, IsOk());
  DecodeStats stats;
  EXPECT_EQ(stats.inexact_fields.at("url"), 0);
  stats.Add(*page);
  stats.Add(page->predictions[0]);
  EXPECT_EQ(stats.inexact_fields.at("url"), 3);
  EXPECT_EQ(stats.inexact_fields.at("items"), 1);
  EXPECT_EQ(stats.inexact_fields.at("previous_cursor"), 1);
  EXPECT_EQ(stats.skipped_items, 1);
  EXPECT_EQ(stats.inexact_fields.size(), std::size(kInexactFieldNames));
}

}  // namespace
}  // namespace wriftai
