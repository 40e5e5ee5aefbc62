#include "tests/bench/polling/scenario.h"

#include <algorithm>
#include <cstdint>

#include "gtest/gtest.h"

namespace wriftai::bench {
namespace {

// The figures of docs/benchmarks.md on virtual time, where they are the same on
// any machine.
constexpr uint64_t kSeeds = 10;

TEST(ScenarioTest, LoneWaiterGetsTheEndInHalfTheTimeOfANaiveClient) {
  double mean = 0;
  double naive = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Scenario one = OneScenario(seed);
    one.start = absl::Milliseconds(137 * seed);
    const ScenarioResult result = RunScenario(one);
    mean += result.mean_delay;
    naive += result.naive_delay;
    EXPECT_EQ(result.limited, 0) << seed;
    EXPECT_EQ(result.unfinished, 0) << seed;
    EXPECT_LE(result.mean_delay, result.naive_delay * 0.5) << seed;
  }
  EXPECT_LE(mean, naive * 0.38);
}

TEST(ScenarioTest, LoneWaiterOfUnknownModelLeavesAReadInEachSecond) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Scenario one = OneScenario(seed);
    one.model.clear();
    const ScenarioResult result = RunScenario(one);
    EXPECT_GE(result.min_left, 1) << seed;
    EXPECT_LE(result.mean_delay, result.naive_delay * 0.6) << seed;
  }
}

// Spare polls bring no further updates.
TEST(ScenarioTest, LoneWaiterGetsUpdatesAtItsInterval) {
  Scenario one;
  one.run_times = {absl::Seconds(60.5)};
  const ScenarioResult result = RunScenario(one);
  EXPECT_GE(result.reads, 100);
  // One each second, the first one, the start and the end.
  EXPECT_GE(result.updates, 60);
  EXPECT_LE(result.updates, 63);
}

TEST(ScenarioTest, LongIntervalKeepsItsUpdates) {
  Scenario one;
  one.run_times = {absl::Seconds(605)};
  one.poll_interval = absl::Seconds(10);
  const ScenarioResult result = RunScenario(one);
  EXPECT_GE(result.reads, 1000);
  EXPECT_LE(result.mean_delay, 0.6);
  // One every ten seconds, the first one, the start and the end.
  EXPECT_GE(result.updates, 61);
  EXPECT_LE(result.updates, 63);
}

TEST(ScenarioTest, PredictionOfATenthOfASecondEndsWithinAnotherTenth) {
  Scenario one = OneScenario(1);
  std::fill(one.run_times.begin(), one.run_times.end(),
            absl::Milliseconds(100));
  one.model.clear();
  one.pause = absl::Milliseconds(1310);
  EXPECT_LE(RunScenario(one).mean_delay, 0.2);
}

TEST(ScenarioTest, OfficialClientBesideALoneWaiterGetsNo429) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Scenario one = OneScenario(seed);
    one.model.clear();
    Consumer official{absl::Milliseconds(1002),
                      absl::Seconds(5) + absl::Milliseconds(97 * seed)};
    official.stops_if_limited = true;
    one.consumers.push_back(official);
    const ScenarioResult result = RunScenario(one);
    EXPECT_EQ(result.other_limited, 0) << seed;
    EXPECT_EQ(result.limited, 0) << seed;
  }
}

TEST(ScenarioTest, SecondConsumerCostsNoMoreThanItUses) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const ScenarioResult result = RunScenario(SecondConsumerScenario(seed));
    EXPECT_LE(result.mean_delay, result.oracle_delay * 1.2) << seed;
    EXPECT_EQ(result.limited_later, 0) << seed;
    EXPECT_EQ(result.other_limited, 0) << seed;
  }
}

// It fills every other window, which only a 429 shows, for a minute.
TEST(ScenarioTest, ConsumerThatFillsWindowsCausesAtMostTwo429s) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Scenario shared = SecondConsumerScenario(seed);
    shared.consumers = {{absl::Milliseconds(400),
                         absl::Seconds(10) + absl::Milliseconds(37 * seed)}};
    const ScenarioResult result = RunScenario(shared);
    EXPECT_EQ(result.unfinished, 0) << seed;
    EXPECT_LE(result.limited_later, 2) << seed;
  }
}

TEST(ScenarioTest, OfficialClientCostsNoMoreThanItUses) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Scenario shared = SecondConsumerScenario(seed);
    shared.consumers = {{absl::Milliseconds(1002), absl::Seconds(10)}};
    const ScenarioResult result = RunScenario(shared);
    EXPECT_LE(result.mean_delay, result.oracle_delay * 1.3) << seed;
    EXPECT_EQ(result.limited_later, 0) << seed;
    EXPECT_EQ(result.other_limited, 0) << seed;
  }
}

TEST(ScenarioTest, UsesWhatAnOfficialClientLeavesAfterItsEnd) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Scenario shared = SecondConsumerScenario(seed);
    shared.consumers = {
        {absl::Milliseconds(1002), absl::Seconds(4), absl::Seconds(30)}};
    const ScenarioResult result = RunScenario(shared);
    EXPECT_LE(result.mean_delay, result.oracle_delay * 1.6) << seed;
    EXPECT_EQ(result.limited_later, 0) << seed;
    EXPECT_EQ(result.other_limited, 0) << seed;
  }
}

}  // namespace
}  // namespace wriftai::bench
