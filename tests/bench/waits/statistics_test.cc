#include "tests/bench/waits/statistics.h"

#include "gtest/gtest.h"

namespace wriftai::bench {
namespace {

TEST(PercentileTest, ReturnsMeasuredValue) {
  const std::vector<double> values = {40, 10, 30, 20};
  EXPECT_EQ(Percentile(values, 50), 20);
  EXPECT_EQ(Percentile(values, 51), 30);
  EXPECT_EQ(Percentile(values, 99), 40);
  EXPECT_EQ(Percentile(values, 100), 40);
  EXPECT_EQ(Percentile(values, 1), 10);
}

TEST(PercentileTest, LeavesOneOfHundredAbove99th) {
  std::vector<double> values;
  for (int i = 100; i >= 1; --i) values.push_back(i);
  EXPECT_EQ(Percentile(values, 99), 99);
  EXPECT_EQ(Percentile(values, 7), 7);
}

TEST(PercentileTest, IsNulloptForNoValues) {
  EXPECT_EQ(Percentile({}, 50), std::nullopt);
}

TEST(MeanTest, WeighsValuesEqually) {
  EXPECT_EQ(Mean({1, 2, 6}), 3);
  EXPECT_EQ(Mean({}), std::nullopt);
}

TEST(RatioTest, IsNulloptIfUndefined) {
  EXPECT_EQ(Ratio(3, 2), 1.5);
  EXPECT_EQ(Ratio(3, 0), std::nullopt);
  EXPECT_EQ(Ratio(std::nullopt, 2), std::nullopt);
  EXPECT_EQ(Ratio(3, std::nullopt), std::nullopt);
}

TEST(MedianTest, AveragesTwoMiddleValues) {
  EXPECT_EQ(Median({4, 1, 3, 2}), 2.5);
  EXPECT_EQ(Median({3, 1, 2}), 2);
  EXPECT_EQ(Median({}), std::nullopt);
}

TEST(MedianOfGroupsTest, EqualsMedianWithoutTies) {
  EXPECT_EQ(MedianOfGroups({4, 1, 3, 2}), 2.5);
  EXPECT_EQ(MedianOfGroups({3, 1, 2}), 2);
  EXPECT_EQ(MedianOfGroups({7}), 7);
  EXPECT_EQ(MedianOfGroups({}), std::nullopt);
}

TEST(MedianOfGroupsTest, LiesBetweenEqualGroups) {
  EXPECT_EQ(MedianOfGroups({1, 1, 1, 2, 2, 2}), 1.5);
  EXPECT_EQ(MedianOfGroups({1, 1, 2, 2, 3, 3}), 2);
  EXPECT_EQ(MedianOfGroups({5, 5, 5}), 5);
}

TEST(MedianOfGroupsTest, MovesProportionallyWithGroupSize) {
  std::vector<double> values(51, 1);
  values.insert(values.end(), 49, 2);
  EXPECT_EQ(Median(values), 1);
  EXPECT_DOUBLE_EQ(*MedianOfGroups(values), 1.49);
}

TEST(MedianOfGroupsTest, LeansToLargerGroup) {
  EXPECT_DOUBLE_EQ(*MedianOfGroups({1, 1, 1, 1, 2}), 1.2);
  EXPECT_DOUBLE_EQ(*MedianOfGroups({1, 2, 2, 2, 2}), 1.8);
}

}  // namespace
}  // namespace wriftai::bench
