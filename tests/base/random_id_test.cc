#include "base/random_id.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wriftai {
namespace {

using ::testing::MatchesRegex;

// Enough to find every digit that can be wrong.
constexpr size_t kSamples = 1000;

TEST(RandomIdTest, UuidsAreVersion4AndUnique) {
  std::set<std::string> seen;
  for (size_t i = 0; i < kSamples; ++i) {
    const std::string uuid = RandomUuid();
    EXPECT_THAT(uuid, MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-"
                                   "[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
    seen.insert(uuid);
  }
  EXPECT_EQ(seen.size(), kSamples);
}

TEST(RandomIdTest, SpanIdsHave16DigitsAndAreUnique) {
  std::set<std::string> seen;
  for (size_t i = 0; i < kSamples; ++i) {
    const std::string span_id = RandomSpanId();
    EXPECT_THAT(span_id, MatchesRegex("[0-9a-f]{16}"));
    seen.insert(span_id);
  }
  EXPECT_EQ(seen.size(), kSamples);
}

TEST(RandomIdTest, TraceIdsHave32DigitsAndAreUnique) {
  std::set<std::string> seen;
  for (size_t i = 0; i < kSamples; ++i) {
    const std::string trace_id = RandomTraceId();
    EXPECT_THAT(trace_id, MatchesRegex("[0-9a-f]{32}"));
    seen.insert(trace_id);
  }
  EXPECT_EQ(seen.size(), kSamples);
}

}  // namespace
}  // namespace wriftai
