#include "service/admin/number_text.h"

#include <limits>

#include "gtest/gtest.h"

namespace wriftai {
namespace {

TEST(NumberTextTest, CountsHaveThousandsSeparators) {
  EXPECT_EQ(CountText(0), "0");
  EXPECT_EQ(CountText(999), "999");
  EXPECT_EQ(CountText(1204), "1,204");
  EXPECT_EQ(CountText(1234567), "1,234,567");
  EXPECT_EQ(CountText(-1234), "-1,234");
  EXPECT_EQ(CountText(std::numeric_limits<double>::infinity()), "no limit");
  EXPECT_EQ(CountText(1, "wait", "waits"), "1 wait");
  EXPECT_EQ(CountText(0, "wait", "waits"), "0 waits");
}

TEST(NumberTextTest, RatesOmitInsignificantDecimals) {
  EXPECT_EQ(RateText(0), "0");
  EXPECT_EQ(RateText(2.94), "2.9");
  EXPECT_EQ(RateText(3), "3");
  EXPECT_EQ(RateText(15.02), "15");
  EXPECT_EQ(RateText(1234.5), "1,234");
}

TEST(NumberTextTest, ShortCountsFitNarrowBar) {
  EXPECT_EQ(ShortCountText(0), "0");
  EXPECT_EQ(ShortCountText(9999), "9999");
  EXPECT_EQ(ShortCountText(10000), "10k");
  EXPECT_EQ(ShortCountText(999499), "999k");
  EXPECT_EQ(ShortCountText(12345678), "12M");
}

TEST(NumberTextTest, DurationsUseFittingUnits) {
  EXPECT_EQ(SecondsText(0), "0 s");
  EXPECT_EQ(SecondsText(0.00004), "below 1 ms");
  EXPECT_EQ(SecondsText(0.001), "1 ms");
  EXPECT_EQ(SecondsText(0.25), "250 ms");
  EXPECT_EQ(SecondsText(0.9999), "1 s");
  EXPECT_EQ(SecondsText(2.5), "2.5 s");
  EXPECT_EQ(SecondsText(9.96), "10 s");
  EXPECT_EQ(SecondsText(34.2), "34 s");
  EXPECT_EQ(SecondsText(59.9), "1 min");
  EXPECT_EQ(SecondsText(312), "5 min 12 s");
  EXPECT_EQ(SecondsText(3599.9), "1 h");
  EXPECT_EQ(SecondsText(10'920), "3 h 2 min");
  EXPECT_EQ(SecondsText(86'399), "1 d");
  EXPECT_EQ(SecondsText(93'600), "1 d 2 h");
}

TEST(NumberTextTest, PercentagesNeverRoundToZeroOrFull) {
  EXPECT_EQ(PercentText(0, 3), "0 %");
  EXPECT_EQ(PercentText(0.001, 3), "below 1 %");
  EXPECT_EQ(PercentText(2.9, 3), "97 %");
  EXPECT_EQ(PercentText(2.999, 3), "99 %");
  EXPECT_EQ(PercentText(3, 3), "100 %");
  EXPECT_EQ(PercentText(3.3, 3), "110 %");
  EXPECT_EQ(PercentText(3, 0), "0 %");
}

TEST(NumberTextTest, BytesUseBinaryUnits) {
  EXPECT_EQ(BytesText(0), "0 B");
  EXPECT_EQ(BytesText(1023), "1023 B");
  EXPECT_EQ(BytesText(1536), "1.5 KiB");
  EXPECT_EQ(BytesText(64 * 1024 * 1024.0), "64 MiB");
}

}  // namespace
}  // namespace wriftai
