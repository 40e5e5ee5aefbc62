#include "service/tracing/sampler.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace wriftai {
namespace {

// A trace of a caller whose id ends in `last`, 16 hex digits.
TraceContext CallersTrace(const std::string& last, bool sampled = false) {
  return *TraceContext::Parse(absl::StrCat(
      "00-ffffffffffffffff", last, "-00f067aa0ba902b7-0", sampled ? "1" : "0"));
}

TEST(SamplerTest, ParentBasedFollowsCaller) {
  for (const double ratio : {0.0, 0.5, 1.0}) {
    const Sampler sampler(ratio, /*parent_based=*/true);
    EXPECT_TRUE(sampler.ShouldRecord(CallersTrace("ffffffffffffffff", true)));
    EXPECT_FALSE(sampler.ShouldRecord(CallersTrace("0000000000000001")));
  }
}

TEST(SamplerTest, OtherSamplersIgnoreCaller) {
  const Sampler on(1, /*parent_based=*/false);
  EXPECT_TRUE(on.ShouldRecord(CallersTrace("ffffffffffffffff")));
  const Sampler off(0, /*parent_based=*/false);
  EXPECT_FALSE(off.ShouldRecord(CallersTrace("0000000000000001", true)));
}

// The values are those of OpenTelemetry's SDK for Go: the last eight bytes,
// without the lowest bit, against ratio * 2^63.
TEST(SamplerTest, RatioComparesLastBytesOfTraceId) {
  const Sampler quarter(0.25, /*parent_based=*/false);
  EXPECT_TRUE(quarter.ShouldRecord(CallersTrace("0000000000000000")));
  EXPECT_TRUE(quarter.ShouldRecord(CallersTrace("3fffffffffffffff")));
  EXPECT_FALSE(quarter.ShouldRecord(CallersTrace("4000000000000000")));
  EXPECT_FALSE(quarter.ShouldRecord(CallersTrace("ffffffffffffffff")));
}

TEST(SamplerTest, ParentBasedUsesRatioWhereTraceBegins) {
  constexpr int kTraces = 20'000;
  const Sampler tenth(0.1, /*parent_based=*/true);
  int recorded = 0;
  for (int i = 0; i < kTraces; ++i) {
    if (tenth.ShouldRecord(TraceContext::Begin())) ++recorded;
  }
  // Ten standard deviations.
  EXPECT_NEAR(recorded, kTraces / 10, 430);
}

}  // namespace
}  // namespace wriftai
