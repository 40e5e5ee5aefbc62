#include "base/sanitize.h"

#include <algorithm>
#include <string>

#include "gtest/gtest.h"

namespace wriftai {
namespace {

// Characters that mislead a terminal, a browser or a reader.
const char* const kHostile[] = {
    "\xC2\x85",          // U+0085, next line (C1).
    "\xC2\x9B",          // U+009B, control sequence introducer (C1).
    "\xC2\xA0",          // U+00A0, no-break space.
    "\xC2\xAD",          // U+00AD, soft hyphen.
    "\xD8\x9C",          // U+061C, Arabic letter mark.
    "\xE1\x85\x9F",      // U+115F, Hangul filler.
    "\xE1\x9A\x80",      // U+1680, Ogham space.
    "\xE1\xA0\x8E",      // U+180E, Mongolian vowel separator.
    "\xE2\x80\x83",      // U+2003, em space.
    "\xE2\x80\x8B",      // U+200B, zero width space.
    "\xE2\x80\x8D",      // U+200D, zero width joiner.
    "\xE2\x80\x8F",      // U+200F, right-to-left mark.
    "\xE2\x80\xA8",      // U+2028, line separator.
    "\xE2\x80\xA9",      // U+2029, paragraph separator.
    "\xE2\x80\xAE",      // U+202E, right-to-left override.
    "\xE2\x80\xAF",      // U+202F, narrow no-break space.
    "\xE2\x81\xA6",      // U+2066, left-to-right isolate.
    "\xE2\xA0\x80",      // U+2800, blank Braille pattern.
    "\xE3\x80\x80",      // U+3000, ideographic space.
    "\xE3\x85\xA4",      // U+3164, Hangul filler.
    "\xEE\x80\x80",      // U+E000, private use.
    "\xEF\xB8\x8F",      // U+FE0F, variation selector.
    "\xEF\xBB\xBF",      // U+FEFF, byte order mark.
    "\xEF\xBF\xBD",      // U+FFFD, replacement character.
    "\xEF\xBF\xBF",      // U+FFFF, noncharacter.
    "\xF0\x9D\x85\xB3",  // U+1D173, musical format character.
    "\xF3\xA0\x81\x81",  // U+E0041, tag.
    "\xF4\x8F\xBF\xBF",  // U+10FFFF, noncharacter.
    "\xFF",              // Not UTF-8 from here on.
    "\x80",
    "\xC0\xAF",
    "\xE2\x82",
    "\xED\xA0\xBD",
    "\xF4\x90\x80\x80",
    "\n",
    "\t",
    "\x1B",
    "\x7F",
    " ",
};

TEST(SanitizeTest, IsVisibleTextRejectsMisleadingCharacters) {
  for (const std::string hostile : kHostile) {
    EXPECT_FALSE(IsVisibleText("a" + hostile + "b")) << hostile;
    EXPECT_FALSE(IsVisibleText(hostile)) << hostile;
  }
  EXPECT_FALSE(IsVisibleText(absl::string_view("a\0b", 3)));
}

TEST(SanitizeTest, IsVisibleTextAcceptsEveryLanguage) {
  for (const char* const good : {"", "a", "deepseek-r1", "ü", "模型", "Привет",
                                 "نموذج", "かな", "한글", "é", "𝔘", "🎈"}) {
    EXPECT_TRUE(IsVisibleText(good)) << good;
  }
}

TEST(SanitizeTest, SanitizeTextReturnsVisibleTextAndSpaces) {
  for (const std::string hostile : kHostile) {
    std::string shown = SanitizeText("a" + hostile + "b", 100);
    EXPECT_EQ(shown.front(), 'a') << hostile;
    EXPECT_EQ(shown.back(), 'b') << hostile;
    shown.erase(std::remove(shown.begin(), shown.end(), ' '), shown.end());
    EXPECT_TRUE(IsVisibleText(shown)) << hostile;
  }
  EXPECT_EQ(SanitizeText("a\r\n\xE2\x80\xA8z\xE2\x80\xAEy\xFFx", 100),
            "a   z?y?x");
}

TEST(SanitizeTest, SanitizeTextKeepsOtherLanguages) {
  EXPECT_EQ(SanitizeText("não existe 模型", 100), "não existe 模型");
}

TEST(SanitizeTest, SanitizeTextCutsBetweenCharacters) {
  EXPECT_EQ(SanitizeText("aé", 2), "a");
  EXPECT_EQ(SanitizeText("aé", 3), "aé");
  EXPECT_EQ(SanitizeText("\xFF\xFF\xFF", 2), "??");
  EXPECT_EQ(SanitizeText(std::string(1'000'000, 'x'), 10), "xxxxxxxxxx");
}

TEST(SanitizeTest, SanitizeIdIsPrintableAsciiOf128Bytes) {
  EXPECT_EQ(SanitizeId("req-1"), "req-1");
  EXPECT_EQ(SanitizeId("a b\n\xC3\xA9"), "a b???");
  EXPECT_EQ(SanitizeId(std::string(127, 'a') + "\xC3\xA9"),
            std::string(127, 'a') + "?");
  EXPECT_EQ(SanitizeId(std::string(1 << 20, 'a')).size(), kMaxIdBytes);
}

TEST(SanitizeTest, SanitizeAsciiKeepsSpaces) {
  EXPECT_EQ(SanitizeAscii("\xff\n\x1b[2J id\xC3\xA9"), "???[2J id??");
  EXPECT_EQ(SanitizeAscii("abc", 2), "ab");
  EXPECT_EQ(SanitizeAscii(std::string(5000, 'a')).size(), kMaxShownBytes);
}

}  // namespace
}  // namespace wriftai
