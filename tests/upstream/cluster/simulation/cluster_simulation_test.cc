#include <cstdint>
#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/environment_number.h"
#include "tests/upstream/cluster/simulation/scenario.h"

namespace wriftai::cluster {
namespace {

using ::testing::IsEmpty;

// Random faults on virtual time. A failure prints its seed. To run only that:
//   WRIFTAI_CLUSTER_SEED=17 cluster_simulation_test
// WRIFTAI_CLUSTER_SEEDS: how many seeds all cases run together.
constexpr uint64_t kSeeds = 10'000;

struct Totals {
  uint64_t seeds = 0;
  double availability = 0;
  int64_t partitioned = 0;  // Seeds with the documented exception.
  int64_t sent = 0;
  int64_t answered = 0;
  int64_t unknown = 0;
};

// Runs a fifth of all seeds, or only the chosen one.
Totals RunSeeds(FaultPattern pattern, CoordinationOutage outage) {
  const uint64_t only = EnvironmentNumber("WRIFTAI_CLUSTER_SEED", 0);
  const uint64_t seeds = EnvironmentNumber("WRIFTAI_CLUSTER_SEEDS", kSeeds) / 5;
  Totals totals;
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE(absl::StrCat("WRIFTAI_CLUSTER_SEED=", only ? only : seed));
    Scenario scenario(pattern, outage, only ? only : seed);
    scenario.Run();
    EXPECT_THAT(scenario.Violations(), IsEmpty());
    ++totals.seeds;
    totals.availability += scenario.senders().availability();
    totals.partitioned += scenario.senders().partitioned() ? 1 : 0;
    totals.sent += scenario.creates().sent();
    totals.answered += scenario.creates().answered();
    totals.unknown += scenario.creates().unknown();
    if (only != 0 || ::testing::Test::HasFailure()) break;
  }
  totals.availability /= static_cast<double>(totals.seeds);
  std::cout << totals.seeds << " seeds: available " << totals.availability
            << ", partitioned " << totals.partitioned << ", creates sent "
            << totals.sent << ", replayed " << totals.answered << ", unknown "
            << totals.unknown << "\n";
  return totals;
}

TEST(ClusterSimulationTest, SeedReplaysExactly) {
  Scenario first(FaultPattern::kPartitions, CoordinationOutage::kServe, 7);
  first.Run();
  Scenario second(FaultPattern::kPartitions, CoordinationOutage::kServe, 7);
  second.Run();
  EXPECT_EQ(first.senders().availability(), second.senders().availability());
  EXPECT_EQ(first.creates().sent(), second.creates().sent());
  EXPECT_EQ(first.creates().answered(), second.creates().answered());
}

TEST(ClusterSimulationTest, SingleFaultsNeverMakeTwoSenders) {
  EXPECT_EQ(
      RunSeeds(FaultPattern::kSingle, CoordinationOutage::kServe).partitioned,
      0);
}

TEST(ClusterSimulationTest, OverlappingFaultsMakeNoTwoSendersButForPartitions) {
  RunSeeds(FaultPattern::kOverlapping, CoordinationOutage::kServe);
}

TEST(ClusterSimulationTest, PartitionsMakeTwoSendersOnlyAsDocumented) {
  RunSeeds(FaultPattern::kPartitions, CoordinationOutage::kServe);
}

TEST(ClusterSimulationTest, JoinsMakeTwoSendersOnlyAsDocumented) {
  RunSeeds(FaultPattern::kJoins, CoordinationOutage::kServe);
}

TEST(ClusterSimulationTest, PausingNeverMakesTwoSendersInAnyPartition) {
  EXPECT_EQ(RunSeeds(FaultPattern::kPartitions, CoordinationOutage::kPause)
                .partitioned,
            0);
}

}  // namespace
}  // namespace wriftai::cluster
