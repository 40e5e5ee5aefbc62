#include "sandbox/json.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wriftai::sandbox {
namespace {

using testing::ElementsAre;
using testing::Optional;

// The value of a text that is known to be JSON.
JsonValue Parse(absl::string_view text) {
  const auto parsed = ParseJson(text);
  if (const auto* const problem = std::get_if<JsonProblem>(&parsed)) {
    ADD_FAILURE() << text << ": " << problem->message;
    return JsonValue(JsonValue::Kind::kNull, "null");
  }
  return std::get<JsonValue>(parsed);
}

// Where the text stops being JSON; -1 if it is JSON.
int BadAt(absl::string_view text) {
  const auto parsed = ParseJson(text);
  const auto* const problem = std::get_if<JsonProblem>(&parsed);
  return problem == nullptr ? -1 : static_cast<int>(problem->offset);
}

std::string RawOf(const JsonValue& object, absl::string_view name) {
  const auto found = object.Find(name);
  return found.has_value() ? std::string(found->raw()) : "absent";
}

std::vector<std::string> RawsOf(const std::vector<JsonValue>& values) {
  std::vector<std::string> raws;
  for (const JsonValue& value : values) raws.emplace_back(value.raw());
  return raws;
}

TEST(Json, MembersKeepTheirTextByteForByte) {
  const JsonValue object = Parse(
      " { \"a\" : { \"x\" : 1.50 , \"y\":[ ]} ,\"b\":\"\\u00e9\", \"c\" : "
      "-0e1\n} ");
  EXPECT_EQ(RawOf(object, "a"), R"({ "x" : 1.50 , "y":[ ]})");
  EXPECT_EQ(RawOf(object, "b"), R"("\u00e9")");
  EXPECT_EQ(RawOf(object, "c"), "-0e1");
  EXPECT_EQ(RawOf(object, "x"), "absent");
}

TEST(Json, ItemsKeepTheirTextByteForByte) {
  const JsonValue array = Parse("\t[ 1 ,true,[2, [3]] , {\"a\":[]},\"]\"]");
  EXPECT_THAT(RawsOf(array.Items()),
              ElementsAre("1", "true", "[2, [3]]", "{\"a\":[]}", "\"]\""));
}

TEST(Json, EmptyContainersHaveNoParts) {
  EXPECT_TRUE(Parse("[ ]").Items().empty());
  EXPECT_TRUE(Parse("{ }").Members().empty());
}

TEST(Json, ScalarsAreValuesToo) {
  EXPECT_EQ(Parse(" \"x\" ").raw(), "\"x\"");
  EXPECT_EQ(Parse("12 ").raw(), "12");
  EXPECT_EQ(Parse(" null").kind(), JsonValue::Kind::kNull);
}

TEST(Json, ScalarsAreRead) {
  EXPECT_THAT(Parse(R"("a\u0000\ud83c\udf88\n")").AsString(),
              Optional(std::string("a\0🎈\n", 7)));
  EXPECT_THAT(Parse("2.5").AsNumber(), Optional(2.5));
  EXPECT_THAT(Parse("-7").AsInteger(), Optional(-7));
  EXPECT_THAT(Parse("true").AsBool(), Optional(true));
}

TEST(Json, WhatAValueIsNotGivesNothing) {
  EXPECT_EQ(Parse("\"1\"").AsNumber(), std::nullopt);
  EXPECT_EQ(Parse("1.5").AsInteger(), std::nullopt);
  EXPECT_EQ(Parse("1").AsString(), std::nullopt);
  EXPECT_EQ(Parse("0").AsBool(), std::nullopt);
  EXPECT_EQ(Parse("[]").Find("a"), std::nullopt);
}

TEST(Json, TheLastDuplicateWins) {
  EXPECT_EQ(RawOf(Parse(R"({"a":1,"b":2,"a":3})"), "a"), "3");
}

TEST(Json, NamesAreComparedUnescaped) {
  EXPECT_EQ(RawOf(Parse(R"({"\u0061":1})"), "a"), "1");
}

TEST(Json, SaysWhereATextGoesWrong) {
  EXPECT_EQ(BadAt(""), 0);
  EXPECT_EQ(BadAt("{\"a\":1"), 6);
  EXPECT_EQ(BadAt("[1,]"), 3);
  EXPECT_EQ(BadAt("1 2"), 2);
  EXPECT_EQ(BadAt("nul"), 3);
}

TEST(Json, AZeroByteEndsNothing) {
  EXPECT_EQ(BadAt(absl::string_view("1\0x", 3)), 1);
  EXPECT_EQ(BadAt(absl::string_view("\0", 1)), 0);
}

TEST(Json, BadUtf8IsNoJson) {
  EXPECT_GE(BadAt("\"\xff\""), 0);
  EXPECT_GE(BadAt("\"\xed\xa0\x80\""), 0);
  EXPECT_GE(BadAt("{\"\xc0\xaf\":1}"), 0);
  EXPECT_EQ(BadAt("\"\xed\x9f\xbf\""), -1);
}

TEST(Json, DeepNestingIsRefusedAndHarmless) {
  EXPECT_EQ(BadAt(std::string(1000, '[') + std::string(1000, ']')), -1);
  EXPECT_GE(BadAt(std::string(1001, '[') + std::string(1001, ']')), 0);
  EXPECT_GE(BadAt(std::string(5000000, '[')), 0);
}

TEST(Json, QuotesWhatHasToBe) {
  EXPECT_EQ(JsonQuote("a\"\\\n\x01é"), R"("a\"\\\n\u0001é")");
}

TEST(Json, QuotesBytesThatAreNoUtf8) {
  EXPECT_EQ(JsonQuote("a\xff"), "\"a\xef\xbf\xbd\"");
  EXPECT_EQ(JsonQuote("\xe2\x82"), "\"\xef\xbf\xbd\xef\xbf\xbd\"");
}

TEST(Json, WritesObjects) {
  EXPECT_EQ(JsonObject().Take(), "{}");
  EXPECT_EQ(JsonObject()
                .String("a", "x")
                .Number("b", -1)
                .Bool("c", true)
                .Raw("d", "[1]")
                .Take(),
            R"({"a":"x","b":-1,"c":true,"d":[1]})");
}

class JsonSchemaTest : public testing::Test {
 protected:
  std::optional<SchemaViolation> Check(absl::string_view text) {
    return schema_.Check(Parse(text));
  }

  const JsonSchema schema_{R"({
    "type": "object",
    "properties": {
      "prompt": {"type": "string"},
      "stop": {"type": "array", "items": {"type": "string"}}
    },
    "required": ["prompt"]
  })"};
};

TEST_F(JsonSchemaTest, TakesWhatFits) {
  EXPECT_EQ(Check(R"({"prompt":"x","more":[1]})"), std::nullopt);
}

TEST_F(JsonSchemaTest, NamesTheMissingMember) {
  const auto violation = Check(R"({"stop":[]})");
  ASSERT_TRUE(violation.has_value());
  EXPECT_THAT(violation->path, ElementsAre(R"("prompt")"));
  EXPECT_EQ(violation->type, "missing");
}

TEST_F(JsonSchemaTest, NamesThePlaceDeepInside) {
  const auto violation = Check(R"({"prompt":"x","stop":["a",2]})");
  ASSERT_TRUE(violation.has_value());
  EXPECT_THAT(violation->path, ElementsAre(R"("stop")", "1"));
  EXPECT_EQ(violation->type, "type");
}

TEST_F(JsonSchemaTest, TheRootItselfMayBeWrong) {
  const auto violation = Check("[1]");
  ASSERT_TRUE(violation.has_value());
  EXPECT_THAT(violation->path, ElementsAre());
  EXPECT_EQ(violation->type, "type");
}

}  // namespace
}  // namespace wriftai::sandbox
