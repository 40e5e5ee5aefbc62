#include "tests/bench/waits/report.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wriftai::bench {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

ScenarioReport With(std::optional<double> value, Bound bound) {
  ScenarioReport report;
  report.name = "load";
  report.figures = {{"reads", "reads", "", value, std::nullopt, bound}};
  return report;
}

TEST(ReportTest, BoundIsInclusive) {
  EXPECT_TRUE(BoundsMet(With(2, {2}), Check::kCounts));
  EXPECT_FALSE(BoundsMet(With(2.01, {2}), Check::kCounts));
}

TEST(ReportTest, MissingValueDoesNotMeetBound) {
  EXPECT_FALSE(BoundsMet(With(std::nullopt, {2}), Check::kCounts));
}

TEST(ReportTest, ChecksTimesOnlyWithCheckAll) {
  const ScenarioReport report = With(3, {2, Bound::Kind::kTime});
  EXPECT_TRUE(BoundsMet(report, Check::kNone));
  EXPECT_TRUE(BoundsMet(report, Check::kCounts));
  EXPECT_FALSE(BoundsMet(report, Check::kAll));
}

TEST(ReportTest, TableShowsBoundThatIsNotMet) {
  EXPECT_THAT(Table(With(3, {2})), HasSubstr("<= 2  NOT MET"));
  EXPECT_THAT(Table(With(1, {2})), HasSubstr("<= 2  met"));
  EXPECT_THAT(Table(With(1, {2})), Not(HasSubstr("NOT")));
}

TEST(ReportTest, TableAndJsonNameWhatIsCompared) {
  ScenarioReport report = With(1, {2});
  EXPECT_THAT(Table(report), HasSubstr("naive  bound"));
  report.compared = "one replica";
  EXPECT_THAT(Table(report), HasSubstr("one replica  bound"));
  EXPECT_THAT(Json({report}, "waits"),
              HasSubstr(R"("compared":"one replica")"));
}

TEST(ReportTest, JsonDistinguishesMissingFromZero) {
  EXPECT_THAT(Json({With(0, {2})}, "waits"),
              HasSubstr(R"("gateway":0,"naive":null,"at_most":2,)"
                        R"("is_time":false,"met":true)"));
}

}  // namespace
}  // namespace wriftai::bench
