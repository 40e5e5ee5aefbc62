#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/engine/simulation/engine_clients.h"
#include "tests/service/engine/simulation/engine_node.h"
#include "tests/service/engine/simulation/sim_links.h"
#include "tests/service/engine/simulation/sim_upstream.h"
#include "tests/support/environment_number.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/upstream/cluster/simulation/scenario.h"
#include "upstream/cluster/keys.h"

namespace wriftai {
namespace {

using cluster::CoordinationOutage;
using cluster::FaultPattern;
using ::testing::IsEmpty;

// The engines of whole processes under the faults of the cluster's own
// simulation, which needs far more seeds for its rules. A failure prints its
// seed. To run only that:
//   WRIFTAI_ENGINE_SEED=17 engine_simulation_test
// WRIFTAI_ENGINE_SEEDS: how many seeds each case runs.
constexpr uint64_t kSeeds = 100;

// Callers that came last have waited for up to 12 s of a prediction, behind
// those that waited for the end of the faults.
constexpr absl::Duration kCompletionTime = absl::Seconds(60);

std::vector<std::string> TagsOf(
    const std::vector<std::shared_ptr<const Credential>>& credentials) {
  std::vector<std::string> tags;
  for (const auto& credential : credentials) {
    tags.push_back(cluster::TagOf("sim", credential->key()));
  }
  return tags;
}

// One run. The clients' calls end with the processes, so before the clients.
class EngineScenario {
 public:
  EngineScenario(FaultPattern pattern, CoordinationOutage outage, uint64_t seed)
      : scenario_(pattern, outage, seed, TagsOf(credentials_)) {
    scenario_.cluster().attach = [this](size_t slot, cluster::SimLoop& loop,
                                        cluster::SimNode& node) {
      return std::make_shared<EngineNode>(links_, upstream_, slot, loop, node);
    };
  }
  ~EngineScenario() {
    for (size_t slot = 0; slot < cluster::kMaxSlots; ++slot) {
      scenario_.cluster().Kill(slot);
    }
  }

  void Run() {
    clients_.Start();
    DrainSometimes();
    scenario_.Run();
    clients_.Stop();
    scenario_.cluster().RunFor(kCompletionTime);
    clients_.CheckCompleted();
  }

  std::vector<std::string> Violations() const {
    std::vector<std::string> all = scenario_.Violations();
    all.insert(all.end(), clients_.violations().begin(),
               clients_.violations().end());
    // Two senders in a partition share the limit, as documented.
    if (scenario_.senders().partitioned()) return all;
    if (upstream_.limited_reads() > 0) {
      all.push_back(absl::StrCat(upstream_.limited_reads(), " reads got 429"));
    }
    if (upstream_.limited_creates() > 0) {
      all.push_back(
          absl::StrCat(upstream_.limited_creates(), " creates got 429"));
    }
    return all;
  }

  const EngineClients& clients() const { return clients_; }
  const SimUpstream& upstream() const { return upstream_; }

 private:
  // A rollout: processes end in good order, and others take their places.
  void DrainSometimes() {
    cluster::SimCluster& cluster = scenario_.cluster();
    cluster.RunIn(absl::Seconds(5 + 10 * cluster.random.Uniform()), [this] {
      if (scenario_.healed()) return;
      const auto slot = static_cast<size_t>(
          scenario_.cluster().random.Uniform() * cluster::kMaxSlots);
      if (EngineNode* const node = links_.node(slot)) {
        node->loop().Post([this, node, slot] { Drain(*node, slot); });
      }
      DrainSometimes();
    });
  }

  void Drain(EngineNode& node, size_t slot) {
    node.Drain(absl::Seconds(2), [this, node = &node, slot] {
      scenario_.cluster().RunIn(absl::ZeroDuration(), [this, node, slot] {
        if (links_.node(slot) != node) return;
        scenario_.cluster().Kill(slot);
        scenario_.cluster().Start(slot, absl::Milliseconds(200));
      });
    });
  }

  const std::vector<std::shared_ptr<const Credential>> credentials_{
      MakeCredential("first"), MakeCredential("second")};
  cluster::Scenario scenario_;
  SimUpstream upstream_{scenario_.cluster()};
  SimLinks links_{scenario_.cluster()};
  EngineClients clients_{links_, upstream_, credentials_};
};

struct Totals {
  uint64_t seeds = 0;
  int64_t created = 0;
  int64_t unknown = 0;
  int64_t ended = 0;
  int64_t reads = 0;
  int64_t limited_reads = 0;
  int64_t limited_creates = 0;
};

void RunSeeds(FaultPattern pattern, CoordinationOutage outage) {
  const uint64_t only = EnvironmentNumber("WRIFTAI_ENGINE_SEED", 0);
  const uint64_t seeds = EnvironmentNumber("WRIFTAI_ENGINE_SEEDS", kSeeds);
  Totals totals;
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE(absl::StrCat("WRIFTAI_ENGINE_SEED=", only ? only : seed));
    EngineScenario scenario(pattern, outage, only ? only : seed);
    scenario.Run();
    EXPECT_THAT(scenario.Violations(), IsEmpty());
    ++totals.seeds;
    totals.created += scenario.clients().created();
    totals.unknown += scenario.clients().unknown();
    totals.ended += scenario.clients().ended();
    totals.reads += scenario.upstream().reads();
    totals.limited_reads += scenario.upstream().limited_reads();
    totals.limited_creates += scenario.upstream().limited_creates();
    if (only != 0 || ::testing::Test::HasFailure()) break;
  }
  std::cout << totals.seeds << " seeds: created " << totals.created
            << ", unknown " << totals.unknown << ", waits ended "
            << totals.ended << ", reads " << totals.reads << ", 429s "
            << totals.limited_reads << " and " << totals.limited_creates
            << "\n";
}

TEST(EngineSimulationTest, SeedReplaysExactly) {
  const auto run = [] {
    EngineScenario scenario(FaultPattern::kOverlapping,
                            CoordinationOutage::kServe, 3);
    scenario.Run();
    return std::vector<int64_t>{
        scenario.clients().created(), scenario.clients().ended(),
        scenario.upstream().reads(), scenario.upstream().posts()};
  };
  EXPECT_EQ(run(), run());
}

TEST(EngineSimulationTest, SingleFaultsBreakNoPromise) {
  RunSeeds(FaultPattern::kSingle, CoordinationOutage::kServe);
}

TEST(EngineSimulationTest, OverlappingFaultsBreakNoPromise) {
  RunSeeds(FaultPattern::kOverlapping, CoordinationOutage::kServe);
}

TEST(EngineSimulationTest, PartitionsBreakNoPromiseWhilePausing) {
  RunSeeds(FaultPattern::kPartitions, CoordinationOutage::kPause);
}

}  // namespace
}  // namespace wriftai
