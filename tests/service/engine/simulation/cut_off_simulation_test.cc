#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/engine/simulation/engine_node.h"
#include "tests/service/engine/simulation/sim_links.h"
#include "tests/service/engine/simulation/sim_upstream.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/upstream/cluster/simulation/sim_cluster.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

using cluster::CoordinationOutage;
using ::testing::IsEmpty;
using ::testing::IsSubsetOf;

constexpr uint64_t kSeeds = 20;

// From the last result of the former owner to the first of the new one: the
// design's bound, and the way of a request and its response.
constexpr absl::Duration kMaxGap = absl::Milliseconds(3800 + 500);

// Below the limit of three reads a second.
constexpr absl::Duration kCallInterval = absl::Milliseconds(400);

// Three replicas. A caller uses one token, at slot 0 only.
class CutOffScenario {
 public:
  CutOffScenario(uint64_t seed, CoordinationOutage outage)
      : cluster_(seed, outage) {
    cluster_.attach = [this](size_t slot, cluster::SimLoop& loop,
                             cluster::SimNode& node) {
      return std::make_shared<EngineNode>(links_, upstream_, slot, loop, node);
    };
    for (size_t slot = 0; slot < 3; ++slot) cluster_.Start(slot);
    cluster_.RunFor(absl::Seconds(5));
    Call();
    cluster_.RunFor(absl::Seconds(5));
  }
  ~CutOffScenario() {
    stopped_ = true;
    for (size_t slot = 0; slot < cluster::kMaxSlots; ++slot) {
      cluster_.Kill(slot);
    }
  }

  cluster::SimCluster& cluster() { return cluster_; }
  SimUpstream& upstream() { return upstream_; }

  bool Owns(size_t slot) {
    EngineNode* const node = links_.node(slot);
    return node != nullptr && node->ownership().IsOwnedHere(*credential_);
  }

  // Cuts slot 0 off from the store, but not from the other replicas.
  void CutOff(absl::Duration duration) {
    cluster_.faults.cut[0] = cluster_.now() + duration;
  }

  // The reasons of all errors so far.
  const std::set<int>& errors() const { return errors_; }

  // The longest time without a result in the next `duration`.
  absl::Duration LongestGap(absl::Duration duration) {
    absl::Time last = cluster_.now();
    results_ = {last};
    cluster_.RunFor(duration);
    results_.push_back(cluster_.now());
    absl::Duration longest;
    for (const absl::Time result : results_) {
      longest = std::max(longest, result - last);
      last = result;
    }
    return longest;
  }

 private:
  void Call() {
    if (stopped_) return;
    EngineNode& node = *links_.node(0);
    node.loop().Post([this, &node] {
      CallContext context;
      context.credential = credential_;
      context.deadline = node.loop().Now() + absl::Seconds(20);
      const auto handle = std::make_shared<CallHandle>();
      const int64_t key = node.Keep(handle);
      *handle = node.engine().List(
          std::move(context), ListParams(),
          [this, &node, key](const absl::StatusOr<PredictionPage>& page) {
            node.Drop(key);
            if (page.ok()) {
              results_.push_back(cluster_.now());
            } else {
              errors_.insert(ReasonOf(page.status()));
            }
            cluster_.RunIn(kCallInterval, [this] { Call(); });
          });
    });
  }

  const std::shared_ptr<const Credential> credential_ = MakeCredential("token");
  cluster::SimCluster cluster_;
  SimUpstream upstream_{cluster_};
  SimLinks links_{cluster_};
  std::vector<absl::Time> results_;
  std::set<int> errors_;
  bool stopped_ = false;
};

class CutOffSimulationTest
    : public ::testing::TestWithParam<CoordinationOutage> {};

// Nobody else uses the token, so another replica claims it when it is asked.
TEST_P(CutOffSimulationTest, OwnerForwardsToTheReplicaThatTakesOver) {
  absl::Duration longest;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    CutOffScenario scenario(seed, GetParam());
    ASSERT_TRUE(scenario.Owns(0));
    scenario.CutOff(absl::Minutes(1));
    const absl::Duration gap = scenario.LongestGap(absl::Seconds(30));
    EXPECT_LE(gap, kMaxGap);
    longest = std::max(longest, gap);
    EXPECT_FALSE(scenario.Owns(0));
    EXPECT_NE(scenario.Owns(1), scenario.Owns(2));
    EXPECT_THAT(scenario.errors(), IsEmpty());
    EXPECT_EQ(scenario.upstream().limited_reads(), 0);
    if (::testing::Test::HasFailure()) break;
  }
  std::cout << "longest gap: " << longest << "\n";
}

TEST_P(CutOffSimulationTest, ReplicaFollowsTheOwnerThatItCannotSee) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    CutOffScenario scenario(seed, GetParam());
    scenario.CutOff(absl::Minutes(1));
    scenario.cluster().RunFor(absl::Seconds(15));
    const size_t owner = scenario.Owns(1) ? 1 : 2;
    ASSERT_TRUE(scenario.Owns(owner));
    scenario.cluster().Kill(owner);
    // The lease of the one that was killed, the claim and the pause.
    EXPECT_LE(scenario.LongestGap(absl::Seconds(15)), absl::Seconds(6));
    EXPECT_TRUE(scenario.Owns(3 - owner));
    // That of the call whose link broke, while the dead owner's lease lives.
    EXPECT_THAT(scenario.errors(), IsSubsetOf({v1::OWNER_UNAVAILABLE}));
    EXPECT_EQ(scenario.upstream().limited_reads(), 0);
    if (::testing::Test::HasFailure()) break;
  }
}

INSTANTIATE_TEST_SUITE_P(Outages, CutOffSimulationTest,
                         ::testing::Values(CoordinationOutage::kServe,
                                           CoordinationOutage::kPause));

}  // namespace
}  // namespace wriftai
