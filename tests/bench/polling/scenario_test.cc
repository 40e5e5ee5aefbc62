#include "tests/bench/polling/scenario.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "gtest/gtest.h"
#include "tests/bench/polling/consumer_sweep.h"

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

ConsumerSweep SweepOf(const std::string& text) {
  for (const ConsumerCase& consumers : ConsumerCases()) {
    if (consumers.text == text) return SweepPhases(consumers);
  }
  ADD_FAILURE() << "no case " << text;
  return {};
}

// Without another consumer, the mean is 1.15 times the oracle's. The others'
// 429s are those of their first reads, which nothing announces.
TEST(ScenarioTest, SecondConsumerCostsNoMoreThanItUsesAtAnyPhase) {
  const ConsumerSweep sweep = SweepOf("1.5 per second");
  EXPECT_LE(sweep.max_ratio, 1.15);
  EXPECT_LE(sweep.limited_later, 1);
  EXPECT_LE(sweep.other_limited, kPhases / 2);
}

TEST(ScenarioTest, SecondConsumerCostsLittleMoreWithLatency) {
  const ConsumerSweep sweep = SweepOf("the same, latency to 20 ms");
  EXPECT_LE(sweep.max_ratio, 1.2);
  EXPECT_LE(sweep.limited_later, 1);
}

TEST(ScenarioTest, UsesWhatConsumersLeaveAfterTheyEnd) {
  for (const char* text :
       {"official client, leaves", "1.5 per second, leaves"}) {
    const ConsumerSweep sweep = SweepOf(text);
    EXPECT_LE(sweep.mean_ratio, 1.3) << text;
    EXPECT_LE(sweep.max_ratio, 1.4) << text;
  }
}

TEST(ScenarioTest, ConsumerThatChangesItsPaceCausesAtMostOne429) {
  for (const char* text : {"1, then 1.5 per second", "1.5, then 1 per second",
                           "1.5 per second, stops and starts"}) {
    const ConsumerSweep sweep = SweepOf(text);
    EXPECT_LE(sweep.mean_ratio, 1.25) << text;
    EXPECT_LE(sweep.limited_later, kPhases) << text;
  }
}

TEST(ScenarioTest, ConsumerOfEveryFifthWindowCostsOnlyThose) {
  const ConsumerSweep sweep = SweepOf("every 5 s");
  EXPECT_LE(sweep.max_ratio, 1.2);
  EXPECT_EQ(sweep.limited_later, 0);
}

// Nothing announces their reads, some of which fill a window before ours.
TEST(ScenarioTest, IrregularConsumersLeaveMostOfTheRest) {
  const ConsumerSweep rare = SweepOf("irregular, 0.3 per second");
  EXPECT_LE(rare.mean_ratio, 1.9);
  EXPECT_LE(rare.limited_later, kPhases / 2);
  const ConsumerSweep frequent = SweepOf("irregular, 1 per second");
  EXPECT_LE(frequent.mean_ratio, 1.65);
  EXPECT_LE(frequent.limited_later, 2 * kPhases);
  const ConsumerSweep many = SweepOf("irregular, 1.5 per second");
  EXPECT_LE(many.mean_ratio, 1.6);
  EXPECT_LE(many.limited_later, 7 * kPhases);
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
    EXPECT_LE(result.mean_delay, result.oracle_delay * 1.4) << seed;
    EXPECT_EQ(result.limited_later, 0) << seed;
    EXPECT_EQ(result.other_limited, 0) << seed;
  }
}

}  // namespace
}  // namespace wriftai::bench
