#include "upstream/json/json_text.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/json_parts.h"
#include "tests/support/status_matchers.h"
#include "upstream/json/json_limits.h"

namespace wriftai {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

// A text that may contain NUL bytes.
template <size_t size>
std::string Bytes(const char (&text)[size]) {
  return std::string(text, size - 1);
}

std::string Repeat(size_t times, absl::string_view text) {
  std::string result;
  for (size_t i = 0; i < times; ++i) absl::StrAppend(&result, text);
  return result;
}

std::string NestedArrays(size_t depth) {
  return Repeat(depth, "[") + Repeat(depth, "]");
}

std::string NestedObjects(size_t depth) {
  return Repeat(depth, R"({"k":)") + "1" + Repeat(depth, "}");
}

std::string TextOf(absl::string_view json) {
  const auto slice = ParseJson(json);
  return slice.ok() ? std::string(slice->text) : slice.status().ToString();
}

struct Rejected {
  std::string text;
  std::string message;
};

void ExpectRejected(const std::vector<Rejected>& cases) {
  for (const Rejected& rejected : cases) {
    EXPECT_THAT(ParseJson(rejected.text),
                StatusIs(kInvalid, "not valid JSON " + rejected.message))
        << QuoteForError(rejected.text);
  }
}

TEST(ParseJsonTest, RejectsInvalidStructure) {
  ExpectRejected(
      {{"", "at byte 0: unexpected end"},
       {" \n", "at byte 2: unexpected end"},
       {"]", "at byte 0: expected a value"},
       {"nul", "at byte 3: unexpected end"},
       {"nulL", "at byte 3: expected a value"},
       {"nulll", "at byte 4: unexpected text after the value"},
       {"True", "at byte 0: expected a value"},
       {"1 2", "at byte 2: unexpected text after the value"},
       {"{} x", "at byte 3: unexpected text after the value"},
       {"[1,]", "at byte 3: expected a value"},
       {"[,1]", "at byte 1: expected a value"},
       {"[1 2]", "at byte 3: expected ',' or ']' after an element"},
       {"[1}", "at byte 2: expected ',' or ']' after an element"},
       {R"({"a":1,})", "at byte 7: expected a key"},
       {R"({"a" 1})", "at byte 5: expected ':' after a key"},
       {R"({"a":})", "at byte 5: expected a value"},
       {R"({"a":1 "b":2})", "at byte 7: expected ',' or '}' after a member"},
       {"{a:1}", "at byte 1: expected a key"},
       {"{1:1}", "at byte 1: expected a key"},
       {"{'a':1}", "at byte 1: expected a key"},
       {"'a'", "at byte 0: expected a value"},
       {"// x\n1", "at byte 0: expected a value"},
       {"[1,/* x */2]", "at byte 3: expected a value"},
       {"1 // x", "at byte 2: unexpected text after the value"},
       {"\xef\xbb\xbf[]", "at byte 0: expected a value"},
       {"\x0b[]", "at byte 0: expected a value"},
       {"\xc2\xa0[]", "at byte 0: expected a value"},
       {"<html>", "at byte 0: expected a value"}});
}

TEST(ParseJsonTest, RejectsInvalidNumbers) {
  ExpectRejected({{"01", "at byte 0: malformed number"},
                  {"-01", "at byte 0: malformed number"},
                  {"[00]", "at byte 1: malformed number"},
                  {"-", "at byte 0: malformed number"},
                  {"+1", "at byte 0: expected a value"},
                  {".5", "at byte 0: expected a value"},
                  {"1.", "at byte 0: malformed number"},
                  {"1.e5", "at byte 0: malformed number"},
                  {"[1, 1e]", "at byte 4: malformed number"},
                  {"1e+", "at byte 0: malformed number"},
                  {"1-1", "at byte 1: unexpected text after the value"},
                  {"1e5.5", "at byte 0: malformed number"},
                  {"1.2.3", "at byte 0: malformed number"},
                  {"1e5e5", "at byte 0: malformed number"},
                  {"0x10", "at byte 1: unexpected text after the value"},
                  {"1_000", "at byte 1: unexpected text after the value"},
                  {"NaN", "at byte 0: expected a value"},
                  {"Infinity", "at byte 0: expected a value"},
                  {"-Infinity", "at byte 0: malformed number"}});
}

TEST(ParseJsonTest, RejectsInvalidStringsInKeysAndValues) {
  ExpectRejected(
      {{R"("abc)", "at byte 4: unexpected end"},
       {R"("\x41")", "at byte 1: invalid escape in a string"},
       {R"("\u12g4")", "at byte 1: invalid \\u escape in a string"},
       {"\"a\nb\"", "at byte 2: unescaped control character in a string"},
       {"{\"a\x1f\":1}", "at byte 3: unescaped control character in a string"},
       {"\"\xff\"", "at byte 1: invalid UTF-8"},
       {"{\"\xff\":1}", "at byte 2: invalid UTF-8"},
       {"\"\x80\"", "at byte 1: invalid UTF-8"},
       {"\"\xc0\x80\"", "at byte 1: invalid UTF-8"},
       {"\"\xe0\x80\x80\"", "at byte 1: invalid UTF-8"},
       {"\"\xf0\x80\x80\x80\"", "at byte 1: invalid UTF-8"},
       {"\"\xed\xa0\x80\"", "at byte 1: invalid UTF-8"},
       {"\"\xed\xbf\xbf\"", "at byte 1: invalid UTF-8"},
       {"\"\xf4\x90\x80\x80\"", "at byte 1: invalid UTF-8"},
       {"\"\xe2\x82\"", "at byte 1: invalid UTF-8"},
       {"\"12345678\xe2\x82\"", "at byte 9: invalid UTF-8"}});
}

TEST(ParseJsonTest, RejectsNul) {
  ExpectRejected({{Bytes("\0"), "at byte 0: unexpected NUL"},
                  {Bytes("[]\0"), "at byte 2: unexpected NUL"},
                  {Bytes("[]\0 "), "at byte 2: unexpected NUL"},
                  {Bytes("[1,\0 2]"), "at byte 3: unexpected NUL"},
                  {Bytes("\"a\0b\""), "at byte 2: unexpected NUL"},
                  {Bytes("{\"a\0b\":1}"), "at byte 3: unexpected NUL"},
                  {Bytes("1\0"), "at byte 1: unexpected NUL"},
                  {Bytes("nul\0"), "at byte 3: unexpected NUL"}});
}

TEST(ParseJsonTest, RejectsDeepNestingWithoutCrash) {
  ExpectRejected(
      {{NestedArrays(1001), "at byte 1000: nested more than 1000 levels"},
       {NestedObjects(1001), "at byte 5000: nested more than 1000 levels"},
       {NestedArrays(100000), "at byte 1000: nested more than 1000 levels"},
       {Repeat(1000000, "["), "at byte 1000: nested more than 1000 levels"},
       {Repeat(1000000, R"({"":)"),
        "at byte 4000: nested more than 1000 levels"},
       {Repeat(1000000, "]"), "at byte 0: expected a value"}});
}

TEST(ParseJsonTest, AcceptsMaximumNesting) {
  static_assert(kMaxJsonDepth == 1000, "what the tests here assume");
  EXPECT_THAT(ParseJson(NestedArrays(1000)), IsOk());
  EXPECT_THAT(ParseJson(NestedObjects(1000)), IsOk());
}

TEST(ParseJsonTest, CountsNestingNotBrackets) {
  EXPECT_THAT(ParseJson("[" + Repeat(5000, "[],") + "{}]"), IsOk());
}

TEST(ParseJsonTest, ReturnsExactBytes) {
  const std::vector<std::string> texts = {
      "null",
      "true",
      "false",
      "0",
      "-0",
      "-0.0",
      "1e5",
      "1E+05",
      "1e-400",
      "1e400",
      "-1e999999999999999999999",
      "1.50",
      "0e0",
      "9007199254740993",
      Repeat(60, "7"),
      Repeat(400, "9"),
      "0." + Repeat(400, "3"),
      "\"\"",
      R"("\" \\ \/ \b \f \n \r \t \u00e9 \uD83d\ude00")",
      "\"\x7f\"",
      "\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xef\xbf\xbf\"",
      "\"\xed\x9f\xbf\"",
      R"("\ud7ff\ue000\uffff")",
      R"("\u0000")",
      R"("\ud83d")",
      R"("\udc00 \ud800\ud800 \ud800x")",
      R"({"\udfff":"\uD800"})",
      "[]",
      "[ ]",
      "{}",
      "{ }",
      "[ 1 , [ ] , { } ]",
      R"({ "a" : 1 , "a" : 2 , "" : { } })",
      R"(["not [ a ] { bracket } , : 01"])"};
  for (const std::string& text : texts) {
    EXPECT_EQ(TextOf(text), text);
    EXPECT_EQ(TextOf(" \t\r\n" + text + "\n\r\t "), text);
  }
}

TEST(ParseJsonTest, ReturnsKind) {
  EXPECT_EQ(ParseJson("null")->kind, JsonKind::kNull);
  EXPECT_EQ(ParseJson("false")->kind, JsonKind::kBool);
  EXPECT_EQ(ParseJson("1")->kind, JsonKind::kNumber);
  EXPECT_EQ(ParseJson("\"1\"")->kind, JsonKind::kString);
  EXPECT_EQ(ParseJson("[1]")->kind, JsonKind::kArray);
  EXPECT_EQ(ParseJson("{\"a\":[1]}")->kind, JsonKind::kObject);
}

TEST(ParseJsonTest, RejectsEveryTruncationOfBody) {
  const std::string body =
      "{\"id\":\"a\\u00e9\\n\xc3\xa9\xf0\x9f\x98\x80\", \"n\" : [-1.5e+10, "
      "true,false , null],\"o\":{\"x\":{}} }";
  ASSERT_THAT(ParseJson(body), IsOk());
  for (size_t size = 0; size < body.size(); ++size) {
    // A separate allocation, so that the address sanitizer detects over-reads.
    const std::vector<char> head(body.begin(),
                                 body.begin() + static_cast<long>(size));
    EXPECT_THAT(ParseJson(absl::string_view(head.data(), head.size())),
                StatusIs(kInvalid))
        << size;
  }
}

TEST(ParseJsonTest, DoesNotReadBeyondNumber) {
  const std::vector<char> text = {'[', '1', ']'};
  EXPECT_THAT(ParseJson(absl::string_view(text.data(), 2)),
              StatusIs(kInvalid, "not valid JSON at byte 2: unexpected end"));
  EXPECT_EQ(ParseJson(absl::string_view(text.data() + 1, 1))->text, "1");
}

TEST(SkimJsonTest, AcceptsAnyDepthAndAnyBytesInStrings) {
  for (const std::string& text :
       {NestedArrays(1000000), NestedObjects(100000), std::string("\"\xff\""),
        std::string("{\"\xed\xa0\x80\":[\"\xc3\"]}")}) {
    EXPECT_THAT(SkimJson(text), IsOk());
    EXPECT_THAT(ParseJson(text), StatusIs(kInvalid));
  }
  EXPECT_THAT(
      SkimJson(Repeat(1000000, "[")),
      StatusIs(kInvalid, "not valid JSON at byte 1000000: unexpected end"));
}

TEST(SkimJsonTest, CountsDepthOfEachPart) {
  EXPECT_EQ(SkimJson("1")->depth, 0U);
  EXPECT_EQ(SkimJson("[[],[[]],{}]")->depth, 3U);
  const auto members = ParseJsonObject(R"({"a":[[1]],"b":2,"c":{},"d":[]})");
  ASSERT_THAT(members, IsOk());
  EXPECT_EQ((*members)[0].value.depth, 2U);
  EXPECT_EQ((*members)[1].value.depth, 0U);
  EXPECT_EQ((*members)[2].value.depth, 1U);
  EXPECT_EQ((*members)[3].value.depth, 1U);
}

TEST(SkimJsonTest, RejectsMismatchedBracketAtEveryLevel) {
  constexpr size_t kLevels = 200;
  std::string text;
  for (size_t i = 0; i < kLevels; ++i) {
    text += i % 3 == 0 ? "[" : R"({"":)";
  }
  text += "1";
  const size_t first_closing = text.size();
  for (size_t i = kLevels; i-- > 0;) text += i % 3 == 0 ? "]" : "}";
  ASSERT_EQ(SkimJson(text)->depth, kLevels);
  for (size_t at = first_closing; at < text.size(); ++at) {
    std::string mismatched = text;
    mismatched[at] = text[at] == ']' ? '}' : ']';
    EXPECT_THAT(SkimJson(mismatched),
                StatusIs(kInvalid,
                         absl::StrCat("not valid JSON at byte ", at,
                                      text[at] == '}' ? ": expected ',' or '}' "
                                                        "after a member"
                                                      : ": expected ',' or ']' "
                                                        "after an element")));
  }
}

TEST(JsonKeyIsTest, DecodesEscapes) {
  EXPECT_TRUE(JsonKeyIs(R"("id")", "id"));
  EXPECT_TRUE(JsonKeyIs(R"("\u0069\u0064")", "id"));
  EXPECT_FALSE(JsonKeyIs(R"("id\ud83d")", "id"));
  EXPECT_FALSE(JsonKeyIs(R"("")", "id"));
  EXPECT_FALSE(JsonKeyIs("\"" + std::string(1000, 'i') + "\"", "id"));
}

TEST(ParseJsonTest, AcceptsLargeBody) {
  const std::string body =
      "{\"output\":\"" + std::string(20 << 20, 'A') + "\"}";
  EXPECT_EQ(ParseJson(body)->text.size(), body.size());
  EXPECT_THAT(ParseJson(std::string(20 << 20, '1')), IsOk());
}

TEST(ParseJsonObjectTest, ReturnsMembersInOrderWithExactBytes) {
  const std::string text =
      "{ \"a\" :\t{ \"x\" : [ 1 ,2 ] } ,\"b\\u0041\\n\": \"\\u0041 \xc3\xa9\","
      "\"a\":1.50,\"\" : [ ] }";
  const auto members = ParseJsonObject(text);
  ASSERT_THAT(members, IsOk());
  std::vector<std::string> flat;
  for (const JsonMember& member : *members) {
    flat.push_back(absl::StrCat(member.key, "=", member.value.text));
  }
  EXPECT_THAT(flat, ElementsAre("a={ \"x\" : [ 1 ,2 ] }",
                                "bA\n=\"\\u0041 \xc3\xa9\"", "a=1.50", "=[ ]"));
}

TEST(ParseJsonObjectTest, ReturnsViewsIntoText) {
  const std::string text = R"( {"a":"b"} )";
  const auto members = ParseJsonObject(text);
  ASSERT_THAT(members, IsOk());
  EXPECT_EQ(members->front().value.text.data(), text.data() + 6);
}

TEST(ParseJsonObjectTest, SkipsNestedMembers) {
  EXPECT_EQ(ParseJsonObject(R"({"a":{"b":1},"c":[{"d":2}]})")->size(), 2U);
}

TEST(ParseJsonObjectTest, DecodesNulInKey) {
  EXPECT_EQ(ParseJsonObject(R"({"a\u0000b":1})")->front().key, Bytes("a\0b"));
}

TEST(ParseJsonObjectTest, RejectsOtherKinds) {
  EXPECT_THAT(ParseJsonObject(R"([{"a":1}])"),
              StatusIs(kInvalid, "expected a JSON object"));
  EXPECT_THAT(ParseJsonObject("{\"a\":1"),
              StatusIs(kInvalid, "not valid JSON at byte 6: unexpected end"));
}

TEST(ParseJsonArrayTest, ReturnsElementsInOrderWithExactBytes) {
  EXPECT_THAT(*ParseJsonArray(R"([ 1.0 ,"a\n", [ [ 2 ] ,3],{ "x":1 } ,null ])"),
              ElementsAre(Field(&JsonSlice::text, "1.0"),
                          Field(&JsonSlice::text, R"("a\n")"),
                          Field(&JsonSlice::text, "[ [ 2 ] ,3]"),
                          Field(&JsonSlice::text, R"({ "x":1 })"),
                          Field(&JsonSlice::text, "null")));
  EXPECT_THAT(*ParseJsonArray("[ ]"), IsEmpty());
}

TEST(ParseJsonArrayTest, RejectsOtherKinds) {
  EXPECT_THAT(ParseJsonArray("{}"),
              StatusIs(kInvalid, "expected a JSON array"));
  EXPECT_THAT(ParseJsonArray("null"),
              StatusIs(kInvalid, "expected a JSON array"));
}

TEST(JsonTextTest, EncodesAnyBytesAsString) {
  EXPECT_EQ(EncodeAnyJsonString("a\"\n\u00e9"), "\"a\\\"\\n\u00e9\"");
  EXPECT_EQ(EncodeAnyJsonString("a\xff\xc3\"\xe9"),
            "\"a\uFFFD\uFFFD\\\"\uFFFD\"");
  EXPECT_EQ(EncodeAnyJsonString(""), "\"\"");
}

}  // namespace
}  // namespace wriftai
