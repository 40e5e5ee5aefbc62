#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "upstream/json/prediction_json.h"

namespace wriftai {
namespace {

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

TEST(PredictionPageFromJson, ReadsItemsInOrderAndCursors) {
  const auto page = PredictionPageFromJson(
      R"({"items":[{"id":"b","status":"started"}, {"id":"a","status":"failed"}],
          "next_cursor":"n=","previous_cursor":"p","next_url":"/v1",
          "previous_url":null})");
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->predictions.size(), 2U);
  EXPECT_EQ(page->predictions[0].id(), "b");
  EXPECT_EQ(page->predictions[1].status(), v1::STATUS_FAILED);
  EXPECT_EQ(page->next_cursor, "n=");
  EXPECT_EQ(page->previous_cursor, "p");
}

TEST(PredictionPageFromJson, HasEmptyCursorsAtTheEnds) {
  const auto page =
      PredictionPageFromJson(R"({"items":[],"next_cursor":null})");
  ASSERT_THAT(page, IsOk());
  EXPECT_TRUE(page->predictions.empty());
  EXPECT_EQ(page->next_cursor, "");
  EXPECT_EQ(page->previous_cursor, "");
}

TEST(PredictionPageFromJson, LeavesPayloadsOut) {
  const auto page = PredictionPageFromJson(
      R"({"items":[{"id":"b","status":"x","input":1,"output":2,
                    "error":{"detail":3}}]})");
  ASSERT_THAT(page, IsOk());
  EXPECT_FALSE(page->predictions[0].has_input_json());
  EXPECT_FALSE(page->predictions[0].has_output_json());
  EXPECT_FALSE(page->predictions[0].has_error());
}

struct Refused {
  std::string json;
  std::string message;
};

void ExpectRefused(const std::vector<Refused>& cases) {
  for (const Refused& refused : cases) {
    EXPECT_THAT(PredictionPageFromJson(refused.json),
                StatusIs(kInvalid, refused.message));
  }
}

TEST(PredictionPageFromJson, NamesTheItemAndTheMember) {
  ExpectRefused({{"", "not JSON: ends too soon at byte 0: "},
                 {"[]", "not a JSON object: []"},
                 {"{}", "items: wanted an array, got nothing"},
                 {R"({"items":null})", "items: wanted an array, got null"},
                 {R"({"items":{}})", "items: wanted an array, got {}"},
                 {R"({"items":[],"next_cursor":1})",
                  "next_cursor: wanted a string, got 1"},
                 {R"({"items":[],"previous_cursor":[]})",
                  "previous_cursor: wanted a string, got []"},
                 {R"({"items":[{"id":"a","status":"x"},{"status":"x"}]})",
                  "items[1].id: wanted a string, got nothing"},
                 {R"({"items":[{"id":"a","status":"x","model":{"name":1}}]})",
                  "items[0].model.name: wanted a string, got 1"},
                 {R"({"items":[7]})", "items[0]: not a JSON object: 7"}});
}

}  // namespace
}  // namespace wriftai
