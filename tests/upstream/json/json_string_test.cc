#include "upstream/json/json_string.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "upstream/json/json_text.h"

namespace wriftai {
namespace {

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

TEST(DecodeJsonTokenTest, DecodesEveryEscape) {
  const DecodedString decoded = DecodeJsonToken(
      R"("\"\\\/\b\f\n\r\t\u0041\u00e9\u20ac\ud83d\ude00\u0000.")");
  EXPECT_EQ(decoded.text, Bytes("\"\\/\b\f\n\r\tA\xc3\xa9\xe2\x82\xac"
                                "\xf0\x9f\x98\x80\0."));
  EXPECT_TRUE(decoded.exact);
}

TEST(DecodeJsonTokenTest, ReplacesInvalidUnicode) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"("\ud83d")", "\uFFFD"},
      {R"("\ude00\ud83d")", "\uFFFD\uFFFD"},
      {R"("\ud83d\ud83d\ude00")", "\uFFFD\xf0\x9f\x98\x80"},
      {R"("\ud83dude00")", "\uFFFDude00"},
      {R"("\ud83d\n")", "\uFFFD\n"},
      {"\"a\xff\xc3z\"", "a\uFFFD\uFFFDz"},
      {"\"\xed\xa0\xbd\"", "\uFFFD\uFFFD\uFFFD"}};
  for (const auto& [token, text] : cases) {
    const DecodedString decoded = DecodeJsonToken(token);
    EXPECT_EQ(decoded.text, text) << token;
    EXPECT_FALSE(decoded.exact) << token;
  }
}

TEST(EncodeJsonStringTest, EscapesOnlyRequiredCharacters) {
  EXPECT_EQ(EncodeJsonString(Bytes("\"\\/\b\f\n\r\t\x1f\0\x7f \xc3\xa9")),
            "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u001F\\u0000\x7f \xc3\xa9\"");
  EXPECT_EQ(EncodeJsonString(""), "\"\"");
}

TEST(EncodeJsonStringTest, RoundTripsThroughDecode) {
  std::string all;
  for (char c = 0; c < 0x7f; ++c) all.push_back(c);
  const std::string json = EncodeJsonString(all);
  ASSERT_THAT(ParseJson(json), IsOk());
  EXPECT_EQ(DecodeJsonToken(json).text, all);
}

TEST(QuoteForErrorTest, ReturnsPrintableAscii) {
  EXPECT_EQ(QuoteForError(Bytes("a\n\t\x01\0\xc3\xa9\xf0\x9f\x98\x80\xff~")),
            "a  ?????~");
  EXPECT_EQ(QuoteForError(""), "");
}

TEST(QuoteForErrorTest, MarksTruncation) {
  EXPECT_EQ(QuoteForError(std::string(256, 'a')), std::string(256, 'a'));
  EXPECT_EQ(QuoteForError(std::string(257, 'a')),
            std::string(253, 'a') + "...");
  EXPECT_EQ(QuoteForError(Repeat(300, "\xc3\xa9")),
            std::string(253, '?') + "...");
}

}  // namespace
}  // namespace wriftai
