#include "upstream/json/rfc3339.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wriftai {
namespace {

// "seconds.nanos", or "rejected".
std::string Parsed(absl::string_view text) {
  const auto time = TimestampFromRfc3339(text);
  if (!time.has_value()) return "rejected";
  return absl::StrCat(time->seconds(), ".", time->nanos());
}

TEST(TimestampFromRfc3339Test, KeepsDecimalsUpToNanoseconds) {
  EXPECT_EQ(Parsed("2025-08-13T11:48:44.371093Z"), "1755085724.371093000");
  EXPECT_EQ(Parsed("2025-08-13T11:48:44.371103Z"), "1755085724.371103000");
  EXPECT_EQ(Parsed("2025-08-13T11:48:44Z"), "1755085724.0");
  EXPECT_EQ(Parsed("2025-08-13T11:48:44.1Z"), "1755085724.100000000");
  EXPECT_EQ(Parsed("2025-08-13T11:48:44.123456789Z"), "1755085724.123456789");
  EXPECT_EQ(Parsed("2025-08-13T11:48:44.999999999999Z"),
            "1755085724.999999999");
}

TEST(TimestampFromRfc3339Test, KeepsEveryMicrosecondOfASecond) {
  for (int micros = 0; micros < 1000000; micros += 37) {
    const std::string digits = absl::StrCat(1000000 + micros).substr(1);
    EXPECT_EQ(Parsed("2025-08-13T11:48:44." + digits + "Z"),
              absl::StrCat("1755085724.", micros * 1000));
  }
}

TEST(TimestampFromRfc3339Test, ReadsEachDayInUtcAsWithAnOffset) {
  for (int year = 1; year <= 9999; year += 37) {
    for (int month = 1; month <= 12; ++month) {
      for (int day = 1; day <= 31; ++day) {
        const std::string time =
            absl::StrFormat("%04d-%02d-%02dT23:59:58.5", year, month, day);
        EXPECT_EQ(Parsed(time + "Z"), Parsed(time + "+00:00"));
      }
    }
  }
}

TEST(TimestampFromRfc3339Test, AppliesOffsets) {
  EXPECT_EQ(Parsed("2025-08-13T13:48:44+02:00"), "1755085724.0");
  EXPECT_EQ(Parsed("2025-08-13T06:18:44.5-05:30"), "1755085724.500000000");
  EXPECT_EQ(Parsed("2025-08-13t11:48:44z"), "1755085724.0");
}

TEST(TimestampFromRfc3339Test, ReadsTimesBefore1970) {
  EXPECT_EQ(Parsed("1969-12-31T23:59:59.25Z"), "-1.250000000");
}

TEST(TimestampFromRfc3339Test, AcceptsLeapSecondAndLeapDay) {
  EXPECT_EQ(Parsed("2016-12-31T23:59:60Z"), "1483228800.0");
  EXPECT_EQ(Parsed("2024-02-29T00:00:00Z"), "1709164800.0");
}

TEST(TimestampFromRfc3339Test, AcceptsFullRangeOfTimestamp) {
  EXPECT_EQ(Parsed("0001-01-01T00:00:00Z"), "-62135596800.0");
  EXPECT_EQ(Parsed("9999-12-31T23:59:59.999999999Z"), "253402300799.999999999");
  EXPECT_EQ(Parsed("0000-12-31T23:59:59Z"), "rejected");
  EXPECT_EQ(Parsed("0001-01-01T00:00:00+00:01"), "rejected");
  EXPECT_EQ(Parsed("9999-12-31T23:59:59-00:01"), "rejected");
}

TEST(TimestampFromRfc3339Test, RejectsOtherFormats) {
  for (const char* const text : {"",
                                 "2025-08-13",
                                 "2025-08-13T11:48:44",
                                 "2025-08-13 11:48:44Z",
                                 "2025-08-13T11:48:44.Z",
                                 "2025-08-13T11:48:44+02",
                                 "2025-08-13T11:48:44+0200",
                                 "2025-08-13T11:48:44Z ",
                                 " 2025-08-13T11:48:44Z",
                                 "2025-8-13T11:48:44Z",
                                 "2025-08-13T11:48Z",
                                 "2025-02-29T00:00:00Z",
                                 "2025-13-01T00:00:00Z",
                                 "2025-08-13T24:00:00Z",
                                 "2025-08-13T11:60:00Z",
                                 "2025-08-13T11:48:61Z",
                                 "12025-08-13T11:48:44Z",
                                 "-025-08-13T11:48:44Z",
                                 "infinite-future",
                                 "1755085724",
                                 "2025-08-13T11:48:44+24:00",
                                 "2025-08-13T11:48:44.5Z+00:00"}) {
    EXPECT_EQ(Parsed(text), "rejected") << text;
  }
}

}  // namespace
}  // namespace wriftai
