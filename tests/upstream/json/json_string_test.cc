#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "upstream/json/json_text.h"

namespace wriftai {
namespace {

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

// A text with NUL bytes in it.
template <size_t size>
std::string Bytes(const char (&text)[size]) {
  return std::string(text, size - 1);
}

std::string Repeat(size_t times, absl::string_view text) {
  std::string result;
  for (size_t i = 0; i < times; ++i) absl::StrAppend(&result, text);
  return result;
}

TEST(DecodeJsonString, ResolvesEveryEscape) {
  const std::string json =
      R"("\"\\\/\b\f\n\r\t\u0041\u00e9\u20ac\ud83d\ude00\u0000.")";
  EXPECT_THAT(DecodeJsonString(*ParseJson(json)),
              IsOkAndHolds(Bytes("\"\\/\b\f\n\r\tA\xc3\xa9\xe2\x82\xac"
                                 "\xf0\x9f\x98\x80\0.")));
}

TEST(DecodeJsonString, RefusesOtherKinds) {
  for (const char* const json : {"1", "null", "[\"a\"]", "{\"a\":\"b\"}"}) {
    EXPECT_THAT(DecodeJsonString(*ParseJson(json)),
                StatusIs(kInvalid, "not a JSON string"));
  }
}

TEST(EncodeJsonString, EscapesOnlyWhatItMust) {
  EXPECT_EQ(EncodeJsonString(Bytes("\"\\/\b\f\n\r\t\x1f\0\x7f \xc3\xa9")),
            "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u001F\\u0000\x7f \xc3\xa9\"");
  EXPECT_EQ(EncodeJsonString(""), "\"\"");
}

TEST(EncodeJsonString, IsUndoneByDecode) {
  std::string all;
  for (char c = 0; c < 0x7f; ++c) all.push_back(c);
  const std::string json = EncodeJsonString(all);
  EXPECT_THAT(DecodeJsonString(*ParseJson(json)), IsOkAndHolds(all));
}

TEST(QuoteForError, IsPrintableAscii) {
  EXPECT_EQ(QuoteForError(Bytes("a\n\t\x01\0\xc3\xa9\xf0\x9f\x98\x80\xff~")),
            "a  ?????~");
  EXPECT_EQ(QuoteForError(""), "");
}

TEST(QuoteForError, CutsAndSaysSo) {
  EXPECT_EQ(QuoteForError(std::string(256, 'a')), std::string(256, 'a'));
  EXPECT_EQ(QuoteForError(std::string(257, 'a')),
            std::string(253, 'a') + "...");
  EXPECT_EQ(QuoteForError(Repeat(300, "\xc3\xa9")),
            std::string(253, '?') + "...");
}

}  // namespace
}  // namespace wriftai
