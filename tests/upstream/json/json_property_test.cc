// Properties of any JSON text, tested on random ones. A failure names the seed.

#include <cmath>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "tests/support/json_parts.h"
#include "tests/support/status_matchers.h"
#include "tests/support/value_messages.h"
#include "tests/upstream/json/random_json.h"
#include "upstream/json/json_text.h"
#include "upstream/json/prediction_json.h"

namespace wriftai {
namespace {

using google::protobuf::util::MessageDifferencer;

constexpr uint32_t kSeeds = 2000;

TEST(JsonPropertyTest, ParsedTextIsTrimmedText) {
  for (uint32_t seed = 0; seed < kSeeds; ++seed) {
    RandomJson random(seed);
    const std::string json = random.Value(false);
    const std::string padded = random.Space() + json + random.Space();
    const auto slice = ParseJson(padded);
    ASSERT_THAT(slice, IsOk()) << seed;
    ASSERT_EQ(slice->text, json) << seed;
  }
}

TEST(JsonPropertyTest, ElementsKeepExactBytes) {
  for (uint32_t seed = 0; seed < kSeeds; ++seed) {
    RandomJson random(seed);
    std::vector<std::string> texts;
    std::string json = "[";
    for (int i = 0; i < 4; ++i) {
      texts.push_back(random.Value(false));
      absl::StrAppend(&json, i == 0 ? "" : ",", random.Space(), texts.back(),
                      random.Space());
    }
    json += "]";
    const auto elements = ParseJsonArray(json);
    ASSERT_THAT(elements, IsOk()) << seed;
    ASSERT_EQ(elements->size(), texts.size()) << seed;
    for (size_t i = 0; i < texts.size(); ++i) {
      ASSERT_EQ((*elements)[i].text, texts[i]) << seed;
    }
  }
}

TEST(JsonPropertyTest, PayloadsAreKeptByteForByte) {
  for (uint32_t seed = 0; seed < kSeeds; ++seed) {
    RandomJson random(seed);
    const std::string input = random.Value(false);
    const std::string output = random.Value(false);
    const std::string detail = random.Value(false);
    const auto prediction = PredictionFromJson(absl::StrCat(
        R"({"id":"c12258c4-ed83-4d7b-a784-8ed55412325a","output":)",
        random.Space(), output, random.Space(), R"(,"unknown":)",
        random.Value(false), R"(,"input":)", input, random.Space(),
        R"(,"status":"failed","error":{"detail")", random.Space(), ":", detail,
        R"(,"x":)", random.Value(false), "}}"));
    ASSERT_THAT(prediction, IsOk()) << seed;
    ASSERT_EQ(prediction->input_json(), input) << seed;
    ASSERT_EQ(prediction->output_json(), output) << seed;
    ASSERT_EQ(prediction->error().detail_json(), detail) << seed;
  }
}

TEST(JsonPropertyTest, InputIsCopiedIntoBodyByteForByte) {
  for (uint32_t seed = 0; seed < kSeeds; ++seed) {
    CreateParams params;
    params.input_json = RandomJson(seed).Value(false);
    const std::string body = CreateBodyToJson(params, false);
    const auto members = ParseJsonObject(body);
    ASSERT_THAT(members, IsOk()) << seed;
    ASSERT_EQ(members->front().value.text, params.input_json) << seed;
  }
}

TEST(JsonPropertyTest, ExactValuesRoundTrip) {
  for (uint32_t seed = 0; seed < kSeeds; ++seed) {
    const std::string json = RandomJson(seed).Value(true);
    const auto value = ExactValueFromJson(json);
    ASSERT_TRUE(value.has_value()) << seed << json;
    const auto canonical = JsonFromValue(*value);
    ASSERT_THAT(canonical, IsOk()) << seed;
    ASSERT_THAT(ParseJson(*canonical), IsOk()) << seed;
    const auto again = ExactValueFromJson(*canonical);
    ASSERT_TRUE(again.has_value()) << seed << *canonical;
    ASSERT_TRUE(MessageDifferencer::Equals(*value, *again)) << seed;
    ASSERT_THAT(JsonFromValue(*again), IsOkAndHolds(*canonical)) << seed;
  }
}

TEST(JsonPropertyTest, WrittenDoublesAreExact) {
  std::mt19937_64 engine(1);
  for (int i = 0; i < 100000; ++i) {
    const uint64_t bits = engine();
    google::protobuf::Value value;
    double number = 0;
    static_assert(sizeof(number) == sizeof(bits), "");
    std::memcpy(&number, &bits, sizeof(number));
    if (!std::isfinite(number)) continue;
    value.set_number_value(number);
    const auto json = JsonFromValue(value);
    ASSERT_THAT(json, IsOk()) << bits;
    const auto again = ExactValueFromJson(*json);
    ASSERT_TRUE(again.has_value()) << *json;
    ASSERT_EQ(again->number_value(), number) << *json;
  }
}

}  // namespace
}  // namespace wriftai
