#include "base/utf8.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace wriftai {
namespace {

TEST(Utf8Test, TakeInvertsAppendForEveryCodePoint) {
  for (char32_t code_point = 0; code_point <= 0x10ffff; ++code_point) {
    if (code_point == 0xd800) code_point = 0xe000;
    std::string text;
    AppendUtf8(code_point, text);
    absl::string_view rest = text;
    ASSERT_EQ(TakeUtf8(rest), code_point);
    ASSERT_TRUE(rest.empty()) << static_cast<unsigned>(code_point);
  }
}

TEST(Utf8Test, PrintableRunEndsBeforeAnyOtherByteAtAnyPosition) {
  const std::string printable = "abcdefgh ~zyxwvut";
  for (size_t position = 0; position < printable.size(); ++position) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = printable;
      text[position] = static_cast<char>(byte);
      const bool fits = byte >= ' ' && byte <= '~';
      ASSERT_EQ(PrintableAsciiRun(text), fits ? text.size() : position) << byte;
    }
  }
  EXPECT_EQ(PrintableAsciiRun(""), 0U);
}

TEST(Utf8Test, FindsFirstInvalidByte) {
  for (const std::string bad :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "\xe0\x80\x80",
        "\xe0\x9f\xbf", "\xe2\x82", "\xed\xa0\x80", "\xed\xbf\xbf",
        "\xf0\x80\x80\x80", "\xf0\x9f\x98", "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80", "\xff", "\xc3(",
        "\xe2(\xac", "\xe2\x82("}) {
    EXPECT_EQ(FindInvalidUtf8("12345678\xc3\xa9" + bad), 10U) << bad;
    EXPECT_EQ(FindInvalidUtf8(bad + "z"), 0U) << bad;
  }
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80 12345678 \x7f"));
}

TEST(Utf8Test, PrefixEndsBetweenCharacters) {
  EXPECT_EQ(Utf8Prefix("a\xf0\x9f\x98\x80", 4), "a");
  EXPECT_EQ(Utf8Prefix("a\xf0\x9f\x98\x80", 5), "a\xf0\x9f\x98\x80");
  EXPECT_EQ(Utf8Prefix("abc", 2), "ab");
  EXPECT_EQ(Utf8Prefix("\xc3\xa9", 1), "");
}

TEST(Utf8Test, LineSafeReplacesUnsafeCharacters) {
  const std::vector<char32_t> unsafe = {
      0,      0x07,   '\n',   '\r',   0x1b,   0x7f,   0x85,   0x9b,   0x061c,
      0x200b, 0x200e, 0x2028, 0x2029, 0x202e, 0x2066, 0xfeff, 0xe0001};
  for (const char32_t code_point : unsafe) {
    std::string text;
    AppendUtf8(code_point, text);
    EXPECT_EQ(LineSafe("a" + text + "b"),
              "a\xef\xbf\xbd"
              "b")
        << static_cast<unsigned>(code_point);
  }
  EXPECT_EQ(LineSafe("n\xc3\xa3o \xe2\x82\xac \xf0\x9f\x98\x80"),
            "n\xc3\xa3o \xe2\x82\xac \xf0\x9f\x98\x80");
  EXPECT_EQ(LineSafe("\xff\xc3"), "\xef\xbf\xbd\xef\xbf\xbd");
}

}  // namespace
}  // namespace wriftai
