#include "upstream/json/json_number.h"

#include <cmath>
#include <limits>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wriftai {
namespace {

using testing::Optional;

constexpr double kTwoTo53 = 9007199254740992.0;

TEST(ExactDoubleTest, AcceptsShortestDecimalInAnyNotation) {
  EXPECT_THAT(ExactDouble("0.1"), Optional(0.1));
  EXPECT_THAT(ExactDouble("1"), Optional(1.0));
  EXPECT_THAT(ExactDouble("1.0"), Optional(1.0));
  EXPECT_THAT(ExactDouble("1e0"), Optional(1.0));
  EXPECT_THAT(ExactDouble("10E-1"), Optional(1.0));
  EXPECT_THAT(ExactDouble("0.001e+3"), Optional(1.0));
  EXPECT_THAT(ExactDouble("-1.50"), Optional(-1.5));
  EXPECT_THAT(ExactDouble("100"), Optional(100.0));
  EXPECT_THAT(ExactDouble("1e22"), Optional(1e22));
  EXPECT_THAT(ExactDouble("0.00012"), Optional(0.00012));
  EXPECT_THAT(ExactDouble("120.034"), Optional(120.034));
  EXPECT_THAT(ExactDouble("3.141592653589793"), Optional(3.141592653589793));
}

TEST(ExactDoubleTest, RejectsIntegersAboveTwoTo53) {
  EXPECT_THAT(ExactDouble("9007199254740991"), Optional(kTwoTo53 - 1));
  EXPECT_THAT(ExactDouble("9007199254740992"), Optional(kTwoTo53));
  EXPECT_EQ(ExactDouble("9007199254740993"), std::nullopt);
  EXPECT_EQ(ExactDouble("-9007199254740993"), std::nullopt);
  EXPECT_THAT(ExactDouble("9007199254740994"), Optional(kTwoTo53 + 2));
}

TEST(ExactDoubleTest, RejectsDigitsThatDoNotRoundTrip) {
  EXPECT_EQ(ExactDouble("1152921504606846976"), std::nullopt);  // 2^60
  EXPECT_THAT(ExactDouble("1152921504606847000"), Optional(std::ldexp(1, 60)));
  EXPECT_EQ(ExactDouble("0.12345678901234567890"), std::nullopt);
  EXPECT_EQ(ExactDouble("0.10000000000000001"), std::nullopt);
}

TEST(ExactDoubleTest, HandlesLimitsOfRange) {
  EXPECT_THAT(ExactDouble("1.7976931348623157e308"),
              Optional(std::numeric_limits<double>::max()));
  EXPECT_EQ(ExactDouble("1.7976931348623159e308"), std::nullopt);
  EXPECT_EQ(ExactDouble("1e400"), std::nullopt);
  EXPECT_EQ(ExactDouble("-1e99999999999999999999"), std::nullopt);
  EXPECT_THAT(ExactDouble("5e-324"),
              Optional(std::numeric_limits<double>::denorm_min()));
  EXPECT_THAT(ExactDouble("2.2250738585072014e-308"),
              Optional(std::numeric_limits<double>::min()));
  EXPECT_EQ(ExactDouble("4e-324"), std::nullopt);
  EXPECT_EQ(ExactDouble("1e-400"), std::nullopt);
  EXPECT_EQ(ExactDouble("1e-99999999999999999999"), std::nullopt);
}

TEST(ExactDoubleTest, KeepsSignOfZero) {
  for (const char* const zero : {"0", "0.00", "0e999999999999", "0E-400"}) {
    ASSERT_THAT(ExactDouble(zero), Optional(0.0));
    EXPECT_FALSE(std::signbit(*ExactDouble(zero))) << zero;
  }
  for (const char* const zero : {"-0", "-0.0", "-0e5"}) {
    ASSERT_THAT(ExactDouble(zero), Optional(0.0));
    EXPECT_TRUE(std::signbit(*ExactDouble(zero))) << zero;
  }
}

TEST(ExactDoubleTest, ReadsLongNotationsInLinearTime) {
  const std::string zeros(1 << 20, '0');
  EXPECT_THAT(ExactDouble("1" + zeros + "e-1048576"), Optional(1.0));
  EXPECT_THAT(ExactDouble("0." + zeros + "1e1048577"), Optional(1.0));
  EXPECT_THAT(ExactDouble("1.5" + zeros), Optional(1.5));
  EXPECT_THAT(ExactDouble("1e" + zeros + "1"), Optional(10.0));
  EXPECT_EQ(ExactDouble("1." + zeros + "1"), std::nullopt);
  EXPECT_EQ(ExactDouble(std::string(1 << 20, '7')), std::nullopt);
}

TEST(JsonFromDoubleTest, WritesIntegersWithoutExponent) {
  EXPECT_EQ(JsonFromDouble(0.0), "0");
  EXPECT_EQ(JsonFromDouble(-0.0), "-0");
  EXPECT_EQ(JsonFromDouble(100000), "100000");
  EXPECT_EQ(JsonFromDouble(-42), "-42");
  EXPECT_EQ(JsonFromDouble(1e15), "1000000000000000");
  EXPECT_EQ(JsonFromDouble(kTwoTo53), "9007199254740992");
  EXPECT_EQ(JsonFromDouble(-kTwoTo53), "-9007199254740992");
}

TEST(JsonFromDoubleTest, WritesOtherNumbersInShortestForm) {
  EXPECT_EQ(JsonFromDouble(0.1), "0.1");
  EXPECT_EQ(JsonFromDouble(1.5), "1.5");
  EXPECT_EQ(JsonFromDouble(1e-7), "1e-07");
  EXPECT_EQ(JsonFromDouble(1e300), "1e+300");
  EXPECT_EQ(JsonFromDouble(kTwoTo53 + 2), "9.007199254740994e+15");
  EXPECT_EQ(JsonFromDouble(std::ldexp(1, 60)), "1.152921504606847e+18");
  EXPECT_EQ(JsonFromDouble(5e-324), "5e-324");
}

}  // namespace
}  // namespace wriftai
