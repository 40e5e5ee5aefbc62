#include "sandbox/json.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wriftai::sandbox {
namespace {

using testing::ElementsAre;
using testing::Optional;

// Parses a text that must be valid JSON.
JsonValue Parse(absl::string_view text) {
  const auto parsed = ParseJson(text);
  if (const auto* const error = std::get_if<JsonError>(&parsed)) {
    ADD_FAILURE() << text << ": " << error->message;
    return JsonValue(JsonValue::Kind::kNull, "null");
  }
  return std::get<JsonValue>(parsed);
}

// Returns the offset of the first error; -1 if `text` is valid.
int ErrorOffset(absl::string_view text) {
  const auto parsed = ParseJson(text);
  const auto* const error = std::get_if<JsonError>(&parsed);
  return error == nullptr ? -1 : static_cast<int>(error->offset);
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

TEST(JsonTest, KeepsMembersByteForByte) {
  const JsonValue object = Parse(
      " { \"a\" : { \"x\" : 1.50 , \"y\":[ ]} ,\"b\":\"\\u00e9\", \"c\" : "
      "-0e1\n} ");
  EXPECT_EQ(RawOf(object, "a"), R"({ "x" : 1.50 , "y":[ ]})");
  EXPECT_EQ(RawOf(object, "b"), R"("\u00e9")");
  EXPECT_EQ(RawOf(object, "c"), "-0e1");
  EXPECT_EQ(RawOf(object, "x"), "absent");
}

TEST(JsonTest, KeepsItemsByteForByte) {
  const JsonValue array = Parse("\t[ 1 ,true,[2, [3]] , {\"a\":[]},\"]\"]");
  EXPECT_THAT(RawsOf(array.Items()),
              ElementsAre("1", "true", "[2, [3]]", "{\"a\":[]}", "\"]\""));
}

TEST(JsonTest, FindsNoPartsInEmptyContainers) {
  EXPECT_TRUE(Parse("[ ]").Items().empty());
  EXPECT_TRUE(Parse("{ }").Members().empty());
}

TEST(JsonTest, ParsesScalarRoot) {
  EXPECT_EQ(Parse(" \"x\" ").raw(), "\"x\"");
  EXPECT_EQ(Parse("12 ").raw(), "12");
  EXPECT_EQ(Parse(" null").kind(), JsonValue::Kind::kNull);
}

TEST(JsonTest, ReadsScalars) {
  EXPECT_THAT(Parse(R"("a\u0000\ud83c\udf88\n")").AsString(),
              Optional(std::string("a\0🎈\n", 7)));
  EXPECT_THAT(Parse("2.5").AsNumber(), Optional(2.5));
  EXPECT_THAT(Parse("-7").AsInteger(), Optional(-7));
  EXPECT_THAT(Parse("true").AsBool(), Optional(true));
}

TEST(JsonTest, ReturnsNulloptForOtherKinds) {
  EXPECT_EQ(Parse("\"1\"").AsNumber(), std::nullopt);
  EXPECT_EQ(Parse("1.5").AsInteger(), std::nullopt);
  EXPECT_EQ(Parse("1").AsString(), std::nullopt);
  EXPECT_EQ(Parse("0").AsBool(), std::nullopt);
  EXPECT_EQ(Parse("[]").Find("a"), std::nullopt);
}

TEST(JsonTest, FindsLastDuplicate) {
  EXPECT_EQ(RawOf(Parse(R"({"a":1,"b":2,"a":3})"), "a"), "3");
}

TEST(JsonTest, ComparesUnescapedNames) {
  EXPECT_EQ(RawOf(Parse(R"({"\u0061":1})"), "a"), "1");
}

TEST(JsonTest, ReportsOffsetOfError) {
  EXPECT_EQ(ErrorOffset(""), 0);
  EXPECT_EQ(ErrorOffset("{\"a\":1"), 6);
  EXPECT_EQ(ErrorOffset("[1,]"), 3);
  EXPECT_EQ(ErrorOffset("1 2"), 2);
  EXPECT_EQ(ErrorOffset("nul"), 3);
}

TEST(JsonTest, RejectsZeroByte) {
  EXPECT_EQ(ErrorOffset(absl::string_view("1\0x", 3)), 1);
  EXPECT_EQ(ErrorOffset(absl::string_view("\0", 1)), 0);
}

TEST(JsonTest, RejectsInvalidUtf8) {
  EXPECT_GE(ErrorOffset("\"\xff\""), 0);
  EXPECT_GE(ErrorOffset("\"\xed\xa0\x80\""), 0);
  EXPECT_GE(ErrorOffset("{\"\xc0\xaf\":1}"), 0);
  EXPECT_EQ(ErrorOffset("\"\xed\x9f\xbf\""), -1);
}

TEST(JsonTest, RejectsDeepNesting) {
  EXPECT_EQ(ErrorOffset(std::string(1000, '[') + std::string(1000, ']')), -1);
  EXPECT_GE(ErrorOffset(std::string(1001, '[') + std::string(1001, ']')), 0);
  EXPECT_GE(ErrorOffset(std::string(5000000, '[')), 0);
}

TEST(JsonTest, QuotesControlCharacters) {
  EXPECT_EQ(JsonQuote("a\"\\\n\x01é"), R"("a\"\\\n\u0001é")");
}

TEST(JsonTest, ReplacesInvalidUtf8) {
  EXPECT_EQ(JsonQuote("a\xff"), "\"a\xef\xbf\xbd\"");
  EXPECT_EQ(JsonQuote("\xe2\x82"), "\"\xef\xbf\xbd\xef\xbf\xbd\"");
}

TEST(JsonTest, WritesObjects) {
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

TEST_F(JsonSchemaTest, AcceptsMatchingValue) {
  EXPECT_EQ(Check(R"({"prompt":"x","more":[1]})"), std::nullopt);
}

TEST_F(JsonSchemaTest, NamesMissingMember) {
  const auto violation = Check(R"({"stop":[]})");
  ASSERT_TRUE(violation.has_value());
  EXPECT_THAT(violation->path, ElementsAre(R"("prompt")"));
  EXPECT_EQ(violation->type, "missing");
}

TEST_F(JsonSchemaTest, NamesNestedPath) {
  const auto violation = Check(R"({"prompt":"x","stop":["a",2]})");
  ASSERT_TRUE(violation.has_value());
  EXPECT_THAT(violation->path, ElementsAre(R"("stop")", "1"));
  EXPECT_EQ(violation->type, "type");
}

TEST_F(JsonSchemaTest, ReportsRootViolation) {
  const auto violation = Check("[1]");
  ASSERT_TRUE(violation.has_value());
  EXPECT_THAT(violation->path, ElementsAre());
  EXPECT_EQ(violation->type, "type");
}

}  // namespace
}  // namespace wriftai::sandbox
