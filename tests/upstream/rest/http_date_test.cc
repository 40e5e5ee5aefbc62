#include "upstream/rest/http_date.h"

#include "gtest/gtest.h"

namespace wriftai {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'751'414'800);  // July 2025.
const absl::Time kExample = absl::FromUnixSeconds(784'111'777);

TEST(HttpDateTest, ParsesThreeFormsOfRfc9110) {
  EXPECT_EQ(ParseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT", kNow), kExample);
  EXPECT_EQ(ParseHttpDate("Sunday, 06-Nov-94 08:49:37 GMT", kNow), kExample);
  EXPECT_EQ(ParseHttpDate("Sun Nov  6 08:49:37 1994", kNow), kExample);
}

TEST(HttpDateTest, ParsesTwoDigitYearAsAtMost50YearsAhead) {
  const auto year = [](const char* text) {
    return absl::ToCivilYear(*ParseHttpDate(text, kNow), absl::UTCTimeZone())
        .year();
  };
  EXPECT_EQ(year("Monday, 01-Jan-75 00:00:00 GMT"), 2075);
  EXPECT_EQ(year("Monday, 01-Jan-76 00:00:00 GMT"), 1976);
  EXPECT_EQ(year("Monday, 01-Jan-25 00:00:00 GMT"), 2025);
  EXPECT_EQ(year("Monday, 01-Jan-00 00:00:00 GMT"), 2000);
}

TEST(HttpDateTest, AcceptsLeapDaysAndLeapSeconds) {
  EXPECT_TRUE(ParseHttpDate("Sat, 29 Feb 2020 23:59:60 GMT", kNow).has_value());
  EXPECT_FALSE(
      ParseHttpDate("Sun, 29 Feb 2021 00:00:00 GMT", kNow).has_value());
}

TEST(HttpDateTest, RejectsOtherText) {
  for (const char* const bad :
       {"",
        " ",
        "0",
        "yesterday",
        "infinite-future",
        "infinite-past",
        "2025-07-02T00:07:10Z",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun 06 Nov 1994 08:49:37 GMT",
        "Xxx, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Xxx 1994 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 32 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 94 08:49:37 GMT",
        "Sun, 06 Nov 1994 8:49:37 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49 GMT",
        "Sun, 06 Nov +994 08:49:37 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT"}) {
    EXPECT_EQ(ParseHttpDate(bad, kNow), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace wriftai
