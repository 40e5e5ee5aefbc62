#include "client/output/text.h"

#include <gtest/gtest.h>

#include <string>

namespace wriftai::client {
namespace {

TEST(TextTest, EscapesTerminalControls) {
  const std::pair<std::string, std::string> kCases[] = {
      {"plain é 漢 🙂", "plain é 漢 🙂"},
      {"\x1b]0;title\x07", "\\x1b]0;title\\x07"},
      {std::string("\0", 1), "\\x00"},
      {"a\rb\x7f", "a\\rb\\x7f"},
      {"\xc2\x9b"
       "31m",
       "\\u009b31m"},
      {"\xe2\x80\xae"
       "abc",
       "\\u202eabc"},
      {"\xe2\x80\xa8", "\\u2028"},
      {"\xef\xbb\xbf", "\\ufeff"},
      {"\xff\xc3", "\\xff\\xc3"},
      {"\xed\xa0\x80", "\\xed\\xa0\\x80"},
      {"\xc0\x9b", "\\xc0\\x9b"},
      {"", ""},
  };
  for (const auto& [text, printable] : kCases) {
    EXPECT_EQ(PrintableText(text), printable);
    EXPECT_EQ(PrintableLine(text), printable);
  }
}

TEST(TextTest, KeepsLineFeedsAndTabsOnlyInText) {
  EXPECT_EQ(PrintableText("a\n\tb"), "a\n\tb");
  EXPECT_EQ(PrintableLine("a\n\tb"), "a\\n\\tb");
}

TEST(TextTest, EscapesNonAscii) {
  EXPECT_EQ(PrintableAscii("é漢🙂"), "\\u00e9\\u6f22\\u1f642");
}

TEST(TextTest, ValidatesUtf8ByRfc3629) {
  for (const char* const good : {"", "a", "é", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(IsUtf8(good)) << good;
  }
  for (const char* const bad :
       {"\x80", "\xc3", "\xc0\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80",
        "\xf8\x88\x80\x80\x80", "\xe2\x82", "\xf0\x80\x80\x80"}) {
    EXPECT_FALSE(IsUtf8(bad)) << PrintableAscii(bad);
  }
}

TEST(TextTest, TruncatesElapsedToTenths) {
  EXPECT_EQ(ElapsedText(absl::Milliseconds(3499)), "00:03.4");
  EXPECT_EQ(ElapsedText(absl::Seconds(59) + absl::Milliseconds(999)),
            "00:59.9");
  EXPECT_EQ(ElapsedText(absl::Minutes(61) + absl::Seconds(1)), "1:01:01.0");
  EXPECT_EQ(ElapsedText(absl::Seconds(-1)), "00:00.0");
}

TEST(TextTest, FormatsTimesByRfc3339AndInvalidOnesAsDash) {
  google::protobuf::Timestamp time;
  time.set_seconds(1755085724);
  time.set_nanos(371093000);
  EXPECT_EQ(TimeText(time), "2025-08-13T11:48:44.371093Z");
  EXPECT_EQ(ShortTimeText(time), "2025-08-13T11:48:44Z");
  time.set_nanos(-1);
  EXPECT_EQ(TimeText(time), "-");
  time.set_nanos(0);
  time.set_seconds(int64_t{1} << 60);
  EXPECT_EQ(TimeText(time), "-");
}

TEST(TextTest, RoundsAgesDown) {
  EXPECT_EQ(AgeText(absl::Seconds(-5)), "0s ago");
  EXPECT_EQ(AgeText(absl::Seconds(59)), "59s ago");
  EXPECT_EQ(AgeText(absl::Minutes(59)), "59m ago");
  EXPECT_EQ(AgeText(absl::Hours(47)), "1d ago");
  EXPECT_EQ(AgeText(absl::Hours(5)), "5h ago");
}

TEST(TextTest, ShortensIsoDurationsOnly) {
  EXPECT_EQ(ShortDurationText("PT1H2M3.5S"), "1h2m3.5s");
  for (const char* const other : {"", "PT", "P1D", "2.5", "PT<1>", "soon"}) {
    EXPECT_EQ(ShortDurationText(other), other);
  }
}

TEST(TextTest, KeepsFractionsOfDurations) {
  EXPECT_EQ(ToProto(absl::Milliseconds(1250)).ShortDebugString(),
            "seconds: 1 nanos: 250000000");
  EXPECT_EQ(FromProto(ToProto(absl::Milliseconds(1250))),
            absl::Milliseconds(1250));
}

}  // namespace
}  // namespace wriftai::client
